using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Core.Watch;

/// <summary>
/// Reads the log behind everybody, in its order, and raises alarms: no flow waits for it. How far it came, what it counted and the alarms are
/// one write, so a restart neither forgets nor counts twice.
/// </summary>
internal sealed partial class Watcher(
    OpenLogs logs,
    LedgerRecords records,
    WatchRules rules,
    WatchCanaries canaries,
    WatchIncidents incidents,
    IPairedReports reports,
    WatchSettings settings,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    TimeProvider time,
    ILogger<Watcher> log
) : BackgroundLoop
{
    /// <summary>Records looked at in one round.</summary>
    public const int Most = 1_000;

    // A record may be written down a little later than what it tells of; beyond it counts for the hour in which it came.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Looks at everything that there is now.</summary>
    public async Task CatchUpAsync(CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            foreach (var open in logs.All.OrderBy(one => one.Year).ToList())
                while (await RoundAsync(open, token)) { }
            await incidents.LookAsync(token);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(settings.Every, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await CatchUpAsync(stopping);
            }
            // While nothing can be written there is nothing to read either; the next round goes on where this one was.
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RoundFailed(failure);
            }
        }
    }

    /// <returns>whether there was anything to look at</returns>
    private async Task<bool> RoundAsync(OpenLog open, CancellationToken token)
    {
        if (open.Proven is not { Checkpoint.Size: var size })
            return false;
        var cursor = await CursorAsync(open, token);
        if (cursor.Next >= size)
            return false;
        var end = Math.Min(size, cursor.Next + Most);
        var placed = await records.FollowAsync(open, cursor.Next, end, token);
        await canaries.LookAsync(open, token);
        var paired = await PairedAsync(placed, token);
        var clock = cursor.Clock;
        var seen = new List<SeenRecord>(placed.Count);
        foreach (var one in placed)
        {
            // What is no record any more is the audit's.
            if (one.Record is not { } record)
                continue;
            clock = record.Time > clock ? record.Time : clock;
            var at = record.Time < clock - Late ? clock : record.Time;
            seen.Add(new SeenRecord(one.Index, record, at, canaries.IsIn(record), paired.Contains(record.Id)));
        }
        var round = await WatchRound.ReadAsync(databases, open.Id, rules, seen, token);
        await EarlierAsync(open, cursor.Next, round, token);
        var next = new WatchCursor
        {
            Log = open.Id,
            Next = end,
            Clock = clock,
        };
        await writer.WriteAsync(scope => round.Write(scope, cursor, next), token);
        foreach (var (key, count) in round.Raised)
            Raised(key.Code, key.Subject, count);
        return true;
    }

    // The records of a new alarm that came before this round.
    private async Task EarlierAsync(OpenLog open, long before, WatchRound round, CancellationToken token)
    {
        if (round.Raised.Count == 0 || before == 0)
            return;
        var from = Math.Max(0, before - LedgerRecords.MostLooked);
        var placed = await records.FollowAsync(open, from, before, token);
        var paired = await PairedAsync(placed, token);
        foreach (var one in placed)
        {
            if (one.Record is not { } record)
                continue;
            var isPaired = paired.Contains(record.Id);
            round.AddEarlier(new SeenRecord(one.Index, record, record.Time, canaries.IsIn(record), isPaired));
        }
    }

    private Task<IReadOnlySet<Guid>> PairedAsync(IReadOnlyList<PlacedRecord> placed, CancellationToken token) =>
        reports.FindAsync(
            [
                .. placed
                    .Select(one => one.Record)
                    .OfType<LedgerRecord>()
                    .Where(TransferReport.IsReport)
                    .Select(r => r.Id),
            ],
            token
        );

    private async Task<WatchCursor> CursorAsync(OpenLog open, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        if (await db.Set<WatchCursor>().FirstOrDefaultAsync(row => row.Log == open.Id, token) is { } cursor)
            return cursor;
        // Of a log that was there before the watch, what is too old to compare with is no news.
        return new WatchCursor
        {
            Log = open.Id,
            Next = await records.FirstAsync(open, time.GetUtcNow() - WatchRules.History, token),
            Clock = DateTimeOffset.UnixEpoch,
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alarm {Code}: {Subject}, {Count}")]
    private partial void Raised(string code, string subject, long count);

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of the watch failed; the next one goes on where it was")]
    private partial void RoundFailed(Exception failure);
}
