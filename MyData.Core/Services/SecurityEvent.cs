using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Services;

public enum SecurityEventState
{
    /// <summary>Its service does not know it yet: it is pushed at <see cref="SecurityEvent.NextAttemptAt"/>, and given to whoever asks.</summary>
    Waiting = 0,

    /// <summary>Final: the service has it.</summary>
    Taken = 1,

    /// <summary>Final: the service asked for it, and found it wrong.</summary>
    Refused = 2,
}

/// <summary>
/// One thing that a service, or the agency of a package that it has, is told, as a signed security event (RFC 8417): the outbox row, made in the
/// transaction of what it tells. Its thief learns which account told which service what, when.
/// </summary>
public sealed class SecurityEvent
{
    /// <summary>The event's <c>jti</c>: the same at every attempt, so that one that comes twice is one.</summary>
    public required Guid Id { get; init; }
    public required string ServiceId { get; init; }

    /// <summary>The client id of the agency that is told; null: the service is.</summary>
    public string? Audience { get; init; }

    /// <summary>Its data set, whose address it is told at; null: the service is.</summary>
    public string? DataSetId { get; init; }
    public required Guid CitizenId { get; init; }

    /// <summary>What it is about: a request, or a membership.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>One of <see cref="SecurityEventTokens"/>' kinds.</summary>
    public required string Kind { get; init; }

    /// <summary>What the event says: JSON of ids, times and digests.</summary>
    public required string Content { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public SecurityEventState State { get; init; }
    public int Attempts { get; init; }

    /// <summary>When it is pushed (again); null once nothing is pushed any more.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When its service took it, or refused it.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The stable code of the last failure to push it.</summary>
    public string? Failure { get; init; }

    internal const string Table = "security_events";

    private sealed class Mapping : IEntityTypeConfiguration<SecurityEvent>
    {
        public void Configure(EntityTypeBuilder<SecurityEvent> builder)
        {
            builder.ToTable(Table);
            builder.HasIndex(e => new { e.State, e.NextAttemptAt });
            builder.HasIndex(e => new { e.ServiceId, e.State });
            builder.HasIndex(e => e.CitizenId);
            builder.HasIndex(e => e.RequestId);
        }
    }
}
