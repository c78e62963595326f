using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What one place shows of a log.</summary>
/// <param name="Name">of the witness in the policy; <see cref="LogRecovery.Own"/> for the portal's own files</param>
/// <param name="Heard">whether it answered, be it that it has nothing</param>
/// <param name="Shown">the newest checkpoint with the log's own signature; null where it has none</param>
internal sealed record PlaceLook(LogSource Source, bool Heard, PublishedCheckpoint? Shown)
{
    public string Name => Source.Name;
}

/// <summary>A year's log as the database has it, and as the others do.</summary>
/// <param name="Row">null where the database does not know the log</param>
/// <param name="Size">records in the database</param>
/// <param name="Root">of those; null where there are none</param>
internal sealed record LogLook(
    int Year,
    NoteSigner Signer,
    LedgerLogRow? Row,
    long Size,
    byte[]? Root,
    IReadOnlyList<PlaceLook> Places
)
{
    /// <summary>The largest tree that somebody shows and the database lacks; null where it lacks nothing.</summary>
    public PlaceLook? Ahead =>
        Places
            .Where(place => place.Shown is not null && place.Shown.Checkpoint.Size > Size)
            .MaxBy(place => place.Shown!.Checkpoint.Size);

    /// <summary>Where to read: the one that shows most first, the portal's own files too.</summary>
    public IReadOnlyList<LogSource> Sources =>
        [
            .. Places
                .Where(place => place.Heard)
                .OrderByDescending(place => place.Shown?.Checkpoint.Size ?? 0)
                .Select(place => place.Source),
        ];
}

/// <summary>What was brought back, or would be, of one log.</summary>
/// <param name="From">records in the database before</param>
/// <param name="To">records that were signed and witnessed</param>
/// <param name="Problem">a stable code and a sentence; null where nothing is in the way</param>
public sealed record RecoveryReport(
    int Year,
    string Origin,
    long From,
    long To,
    string? Witness,
    LedgerException? Problem
)
{
    /// <summary>Who answered, each with the size that it shows; −1 for one that did not.</summary>
    public required IReadOnlyList<(string Name, long Size)> Places { get; init; }

    public bool IsWhole => From >= To;
}
