using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Citizens;

namespace MyData.Core.Counter;

public enum AgentState
{
    /// <summary>Named; whether there is such a person here, the row alone knows.</summary>
    Asked = 0,

    /// <summary>The person named has taken it on, and sent her browser's key.</summary>
    Accepted = 1,

    /// <summary>Final: ended by either, or declined.</summary>
    Ended = 2,

    /// <summary>Final: shown at the counter, which was all that she was to do.</summary>
    Done = 3,
}

/// <summary>
/// Somebody who shows one decision's ticket in a citizen's name (代辦): for this service, once, until the packages run out. Its thief learns
/// that one account named another; a name that is no account's stands here as none.
/// </summary>
public sealed class CounterAgent
{
    public required Guid Id { get; init; }
    public required Guid ConsentId { get; init; }
    public required Guid CitizenId { get; init; }
    public required string ServiceId { get; init; }

    /// <summary>Whose number and birthday were given; none where they are nobody's here. The page and her copy say the same in both cases.</summary>
    [NotHers]
    public required Guid? AgentId { get; init; }
    public AgentState State { get; init; }

    /// <summary>Her browser's public key, JWK: the content keys are wrapped for it.</summary>
    [NotHers]
    public string? AgentKey { get; init; }
    public required DateTimeOffset AskedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<CounterAgent>
    {
        public void Configure(EntityTypeBuilder<CounterAgent> builder)
        {
            builder.ToTable("counter_agents");
            builder.HasIndex(a => a.ConsentId);
            builder.HasIndex(a => a.CitizenId);
            builder.HasIndex(a => a.AgentId);
        }
    }
}
