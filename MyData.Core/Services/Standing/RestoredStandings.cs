using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Services;

/// <summary>
/// An older database fetches on by what she has paused, struck or lost since: by the ledger's word it is so again, what is under way by it is over,
/// and its service is told once more.
/// </summary>
internal sealed class RestoredStandings : IRestoredChoices
{
    private static readonly string[] PausedOrNot = [EventKinds.StandingPaused, EventKinds.StandingResumed];

    public IReadOnlyCollection<string> Kinds { get; } =
    [.. PausedOrNot, EventKinds.StandingStruck, EventKinds.StandingEnded];

    public void Repeat(WriteScope scope, Guid citizenId, IReadOnlyList<RestoredChoice> choices)
    {
        var live = scope
            .Db.Set<StandingConsent>()
            .AsNoTracking()
            .Where(s => s.CitizenId == citizenId && s.EndedAt == null && s.FamilyHash != null)
            .ToList();
        foreach (var standing in live)
        {
            var about = choices.Where(choice => choice.IsOf(standing.ConsentId)).ToList();
            foreach (var one in about.Where(choice => choice.Record.Operation == EventKinds.StandingStruck))
                if (one.DataSet is { } dataSet && StandingEnds.Find(scope, standing.RequestId) is { } now)
                    StandingConsents.Strike(scope, now, dataSet, restored: true);
            // The last of the two says how she left it.
            if (
                about.LastOrDefault(choice => PausedOrNot.Contains(choice.Record.Operation)) is { } last
                && StandingEnds.Find(scope, standing.RequestId) is { } left
            )
                Pause(scope, left, last);
            // Also what ended because a stolen token was shown: it would be good again.
            if (
                about.FirstOrDefault(choice => choice.Record.Operation == EventKinds.StandingEnded) is { } ended
                && StandingEnds.Find(scope, standing.RequestId) is { } still
            )
                StandingEnds.EndAgain(scope, still, ended.Record.Result);
        }
    }

    private static void Pause(WriteScope scope, StandingConsent standing, RestoredChoice last)
    {
        var at = last.Record.Time;
        // Hers since the older database took over counts, and so does what this has repeated: only what came back names no consent.
        var later = scope
            .Db.Set<Event>()
            .Any(e => e.ConsentId == standing.ConsentId && e.At > at && PausedOrNot.Contains(e.Kind));
        if (later)
            return;
        if (last.Record.Operation == EventKinds.StandingPaused)
            StandingConsents.Pause(scope, standing, restored: true);
        else
            StandingConsents.Resume(scope, standing, restored: true);
    }
}
