using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>What a witness says of itself. It is its own word: what counts is what it cosigns.</summary>
public sealed record WitnessStatus
{
    /// <summary>Incidents that are told; more stand in its folder.</summary>
    public const int MostIncidents = 10;

    public required string Name { get; init; }
    public required string Version { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Bytes on the disk of its folder.</summary>
    public required long DiskFree { get; init; }
    public required long DiskTotal { get; init; }

    /// <summary>Milliseconds until an append was durable; null before the first since it began.</summary>
    public required double? FsyncP50 { get; init; }
    public required double? FsyncP99 { get; init; }

    public required IReadOnlyList<WitnessLogStatus> Logs { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<WitnessIncident> Incidents { get; init; }
}

/// <summary>A copy of one log.</summary>
/// <param name="State">a stable code while it signs nothing; null while all is well</param>
/// <param name="Files">that were held against the tree in the last round</param>
public sealed record WitnessLogStatus(
    string Origin,
    long Size,
    byte[]? Root,
    long JournalBytes,
    string? State,
    DateTimeOffset? ScrubbedAt,
    long? Files
)
{
    internal static WitnessLogStatus Of(WitnessCopy copy) =>
        new(
            copy.Origin,
            copy.Size,
            copy.Checkpoint?.Root.ToArray(),
            copy.JournalLength,
            copy.Unsure,
            copy.Scrubbed?.At,
            copy.Scrubbed?.Files
        );
}
