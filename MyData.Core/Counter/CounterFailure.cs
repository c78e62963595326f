using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Counter;

/// <summary>Wrong tries of a clerk, a device or an office. Store: its thief learns how often somebody mistyped.</summary>
public sealed class CounterFailure
{
    /// <summary><c>clerk:{id}</c>, <c>device:{hash}</c> or <c>office:{id}</c>.</summary>
    public required string Key { get; init; }
    public required int Count { get; set; }

    /// <summary>Of the first that counts.</summary>
    public required DateTimeOffset Since { get; set; }
    public DateTimeOffset? ClosedUntil { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<CounterFailure>
    {
        public void Configure(EntityTypeBuilder<CounterFailure> builder) =>
            builder.ToTable("counter_failures").HasKey(f => f.Key);
    }
}
