using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Transfers;

/// <summary>How what the platform recorded of a transfer and what its other end reported stand to each other.</summary>
public enum SideState
{
    /// <summary>The transfer is under way.</summary>
    Open = 0,

    /// <summary>It ended, and the other end has time to report.</summary>
    Waiting = 1,

    /// <summary>Both tell the same.</summary>
    Agreed = 2,

    /// <summary>The time is over.</summary>
    Missing = 3,

    Differs = 4,

    /// <summary>Nothing need be reported: nothing was given, or the other end has no key to report with.</summary>
    Unneeded = 5,

    /// <summary>A report of a transfer that the platform knows nothing of.</summary>
    Unknown = 6,
}

/// <summary>
/// One end of a transfer as the platform and that end tell of it. Made of the events and the log, and can be made of them again
/// (<see cref="SideRebuild"/>). Its thief learns which account asked which agency when, as from the events.
/// </summary>
public sealed class TransferSide
{
    /// <summary>The report's id in the log (<see cref="Ledger.TransferReport"/>).</summary>
    public required Guid ReportId { get; init; }

    /// <summary>Null where nobody here knows it.</summary>
    public Guid? TransferId { get; init; }

    public Guid? CitizenId { get; init; }
    public Guid? ConsentId { get; init; }

    /// <summary><c>op</c> of the report: who gave, or who took.</summary>
    public required string Operation { get; init; }

    /// <summary>The name under which that end records.</summary>
    public required string Client { get; init; }

    /// <summary>Null where nobody here knows it.</summary>
    public string? DataSetId { get; init; }

    /// <summary>As the record says it: provider, data set and version.</summary>
    public required string From { get; init; }

    /// <summary>Codes of the fields that were asked for, in their order, a blank between two.</summary>
    public string Fields { get; init; } = "";

    /// <summary>It seals itself, so that it knows seal and fields.</summary>
    public bool Seals { get; init; }

    /// <summary>It had a key to report with when it was called.</summary>
    public bool Reports { get; init; }

    public DateTimeOffset? CalledAt { get; init; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>By when its report is due.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>What the platform recorded: <c>ok</c>, <c>none</c>, or the code of the failure.</summary>
    public string? Result { get; set; }

    /// <summary>Lower-case hex.</summary>
    public string? Seal { get; set; }

    /// <summary>When its report was recorded here.</summary>
    public DateTimeOffset? ReportedAt { get; set; }

    /// <summary>The report's own time; null where it is no record of its own.</summary>
    public DateTimeOffset? ReportedTime { get; set; }

    public string? ReportedResult { get; set; }
    public string? ReportedSeal { get; set; }

    /// <summary>What the report says that can be judged only when it came: <see cref="SideDifferences"/>, a blank between two.</summary>
    public string Found { get; set; } = "";

    public SideState State { get; set; }

    /// <summary>In what they differ: <see cref="SideDifferences"/>, a blank between two.</summary>
    public string Differences { get; set; } = "";

    /// <summary>She was told that they differ.</summary>
    public bool Told { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<TransferSide>
    {
        public void Configure(EntityTypeBuilder<TransferSide> builder)
        {
            builder.ToTable("transfer_sides");
            builder.HasKey(side => side.ReportId);
            builder.HasIndex(side => side.TransferId);
            builder.HasIndex(side => side.CitizenId);
            builder.HasIndex(side => new { side.State, side.DueAt });
            builder.HasIndex(side => new { side.Client, side.ReportId });
        }
    }
}
