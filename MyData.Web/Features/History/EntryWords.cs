using MyData.Core.Events;
using MyData.Core.History;
using MyData.Core.Transfers;

namespace MyData.Web.Features.History;

/// <summary>An entry with every line in words.</summary>
public sealed record EntryWords
{
    public required HistoryEntry Entry { get; init; }

    /// <summary>The line that the entry is told by: the decision, where it is among them.</summary>
    public required (HistoryLine Line, LineWords Words) Head { get; init; }

    /// <summary>All lines of a consent, the head among them; none for a single line.</summary>
    public required IReadOnlyList<(HistoryLine Line, LineWords Words)> Steps { get; init; }

    public required IReadOnlyList<ConsentJourney> Journeys { get; init; }

    /// <summary>She decided here, so that there is a receipt.</summary>
    public bool HasReceipt => Entry.ConsentId is not null;

    /// <summary>Something is still under way or can still be opened.</summary>
    public bool Open => Journeys.Any(journey => journey.Open);

    /// <param name="entry">what stands together</param>
    /// <param name="sides">what other ends report of its transfers, among others</param>
    /// <param name="words">puts it into words</param>
    /// <param name="token">ends the queries</param>
    public static async Task<EntryWords> OfAsync(
        HistoryEntry entry,
        IReadOnlyList<SideView> sides,
        HistoryWords words,
        CancellationToken token
    )
    {
        var lines = new List<(HistoryLine Line, LineWords Words)>(entry.Lines.Count);
        foreach (var line in entry.Lines)
            lines.Add((line, await words.OfAsync(line, token)));
        return new EntryWords
        {
            Entry = entry,
            Head = lines.FirstOrDefault(
                l => l.Line.Kind is EventKinds.ConsentGiven or EventKinds.ConsentRefused,
                lines[0]
            ),
            Steps = entry.Lines.Count > 1 ? lines : [],
            Journeys = ConsentJourney.Of(entry, sides),
        };
    }
}
