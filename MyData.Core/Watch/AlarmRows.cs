using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Watch;

/// <summary>
/// Something that somebody should look at. Never deleted. Its thief learns which system did how much when, as every reader of the log does.
/// </summary>
public sealed class Alarm
{
    public required Guid Id { get; init; }

    /// <summary>One of <see cref="AlarmCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>Whom or what it is about, in codes of the log: <c>city-welfare ris/household@3</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The beginning of the hour, night or day that was counted.</summary>
    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>Persons, refusals or acts, whatever the rule counts; grows while the alarm is open.</summary>
    public required long Count { get; init; }

    /// <summary>The times of its first and its newest record.</summary>
    public required DateTimeOffset FirstAt { get; init; }
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>When somebody opened it, and who; none again when it grew since.</summary>
    public DateTimeOffset? SeenAt { get; init; }
    public Guid? SeenBy { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }
    public Guid? ClosedBy { get; init; }

    /// <summary>One of <see cref="AlarmReasons"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>When its mail is tried (again); none when nothing is left to send.</summary>
    public DateTimeOffset? MailAt { get; init; }
    public int MailTries { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Alarm>
    {
        public void Configure(EntityTypeBuilder<Alarm> builder)
        {
            builder.ToTable("alarms");
            builder.HasIndex(alarm => new { alarm.Subject, alarm.Start });
            builder.HasIndex(alarm => alarm.MailAt);
        }
    }
}

/// <summary>A record that an alarm stands on: its place in the public log.</summary>
public sealed class AlarmRecord
{
    public required Guid Alarm { get; init; }
    public required int Log { get; init; }
    public required long Index { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<AlarmRecord>
    {
        public void Configure(EntityTypeBuilder<AlarmRecord> builder)
        {
            builder.ToTable("alarm_records");
            builder.Property(record => record.Index).HasColumnName("Idx");
            builder.HasKey(record => new
            {
                record.Alarm,
                record.Log,
                record.Index,
            });
        }
    }
}

/// <summary>That one of the staff has opened an alarm. Never deleted. Its thief learns which of them looked at what when.</summary>
public sealed class AlarmLook
{
    public required Guid Alarm { get; init; }
    public required Guid Staff { get; init; }

    /// <summary>The first time.</summary>
    public required DateTimeOffset At { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<AlarmLook>
    {
        public void Configure(EntityTypeBuilder<AlarmLook> builder)
        {
            builder.ToTable("alarm_looks");
            builder.HasKey(look => new { look.Alarm, look.Staff });
        }
    }
}

/// <summary>How far the watch has read a log.</summary>
public sealed class WatchCursor
{
    public required int Log { get; init; }
    public required long Next { get; init; }

    /// <summary>The latest time that a record told so far.</summary>
    public required DateTimeOffset Clock { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<WatchCursor>
    {
        public void Configure(EntityTypeBuilder<WatchCursor> builder)
        {
            builder.ToTable("watch_cursors");
            builder.HasKey(cursor => cursor.Log);
            builder.Property(cursor => cursor.Log).ValueGeneratedNever();
        }
    }
}

/// <summary>What a rule has counted of one subject in one hour, night or day.</summary>
public sealed class WatchCount
{
    public required string Rule { get; init; }
    public required string Subject { get; init; }
    public required DateTimeOffset Start { get; init; }
    public required long Count { get; init; }

    /// <summary>Of how many: refusals among all tries. Elsewhere the same as the count.</summary>
    public required long OutOf { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<WatchCount>
    {
        public void Configure(EntityTypeBuilder<WatchCount> builder)
        {
            builder.ToTable("watch_counts");
            builder.HasKey(count => new
            {
                count.Rule,
                count.Subject,
                count.Start,
            });
            builder.HasIndex(count => count.Start);
        }
    }
}
