using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What a round looked at, and what it found.</summary>
public sealed record ScrubReport(
    DateTimeOffset At,
    TimeSpan Took,
    long Records,
    long Tags,
    long Files,
    IReadOnlyList<Incident> Found
);

/// <summary>
/// Goes round every row and file of the logs while the portal runs, at a bounded rate, and holds each against the tree in memory, whose
/// root is signed. What is wrong is named to the record, kept, and put right from what is right: the portal's own rows or files, else a
/// witness's copy (ledger.md, "Faults"; security.md L1).
/// </summary>
public sealed partial class LedgerScrub : BackgroundLoop
{
    /// <summary>Between two bundles of 256 records at most.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _asking = new();
    private Task<ScrubReport>? _asked;
    private readonly OpenLogs _logs;
    private readonly LedgerNodes _nodes;
    private readonly WitnessHttp _http;
    private readonly EntryMending _entries;
    private readonly TagMending _tags;
    private readonly CheckpointMending _checkpoints;
    private readonly FileMending _files;
    private readonly IDbContextFactory<MyDataDb> _databases;
    private readonly LedgerSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<LedgerScrub> _log;

    public LedgerScrub(
        OpenLogs logs,
        LedgerNodes nodes,
        WitnessHttp http,
        LedgerIncidents incidents,
        IWriter writer,
        IDbContextFactory<MyDataDb> databases,
        LedgerSettings settings,
        TimeProvider time,
        ILogger<LedgerScrub> log
    )
    {
        (_logs, _nodes, _http, _databases) = (logs, nodes, http, databases);
        (_settings, _time, _log) = (settings, time, log);
        var repairs = new RowRepairs(incidents, writer);
        _entries = new EntryMending(repairs, incidents, databases);
        _tags = new TagMending(repairs, databases);
        _checkpoints = new CheckpointMending(repairs, databases);
        _files = new FileMending(logs, incidents, time);
    }

    /// <summary>The last round that was finished; null before the first.</summary>
    public ScrubReport? Last { get; private set; }

    /// <summary>The round that somebody asked for, while it runs; a second who asks gets the same.</summary>
    public Task<ScrubReport> Asked(CancellationToken stop)
    {
        lock (_asking)
            return _asked is { IsCompleted: false } running ? running : _asked = Task.Run(() => RoundAsync(stop), stop);
    }

    /// <summary>One round over everything, as fast as it goes.</summary>
    public Task<ScrubReport> RoundAsync(CancellationToken token) => RoundAsync(TimeSpan.Zero, token);

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    /// <summary>Puts the rows from one place to another right, before somebody builds upon them.</summary>
    internal async Task MendAsync(OpenLog open, long from, long to, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            var (log, found) = (Care(open), new Found());
            for (var number = from / Tile.FullWidth; number * Tile.FullWidth < to; number++)
                await _entries.MendAsync(log, number, found, token);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The same before the log is open, by a root that others hold: rows, sizes and roots up to that, and nothing behind the newest.</summary>
    internal async Task<Found> MendAsync(CaredLog log, CancellationToken token)
    {
        var found = new Found();
        await RowsAsync(log, found, TimeSpan.Zero, _ => Task.CompletedTask, token);
        await _checkpoints.MendNewestAsync(log, found, token);
        await _entries.RemoveBehindAsync(log, found, token);
        return found;
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        await Task.Delay(First < _settings.Scrub ? First : _settings.Scrub, _time, stopping);
        while (true)
        {
            var start = _time.GetTimestamp();
            try
            {
                await RoundAsync(_settings.Scrub / 2, stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RoundFailed(failure);
            }
            var rest = _settings.Scrub - _time.GetElapsedTime(start);
            await Task.Delay(
                rest > First ? rest
                    : _settings.Scrub < First ? _settings.Scrub
                    : First,
                _time,
                stopping
            );
        }
    }

    /// <param name="spread">in which it shall be done, where that is less than it takes anyway</param>
    private async Task<ScrubReport> RoundAsync(TimeSpan spread, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            var (start, found) = (_time.GetTimestamp(), new Found());
            long tags;
            await using (var db = await _databases.CreateDbContextAsync(token))
                tags = await db.Set<LedgerTagRow>().LongCountAsync(token);
            foreach (var open in _logs.All.OrderBy(log => log.Year).ToList())
                await LogAsync(open, spread, found, token);
            if (tags > found.Tags)
                await _tags.RemoveOthersAsync(found, token);
            return Last = new ScrubReport(
                _time.GetUtcNow(),
                _time.GetElapsedTime(start),
                found.Records,
                found.Tags,
                found.Files,
                found.All
            );
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task LogAsync(OpenLog open, TimeSpan spread, Found found, CancellationToken token)
    {
        var log = Care(open);
        await _checkpoints.MendLogAsync(log, found, token);
        await RowsAsync(
            log,
            found,
            spread,
            async (bundle) =>
            {
                if (bundle.Entries.Count == Tile.FullWidth)
                    await _files.MendAsync(open, log, bundle.Number, bundle.Entries, found, token);
            },
            token
        );
        await _checkpoints.MendNewestAsync(log, found, token);
        await _files.MendCheckpointAsync(open, found, token);
    }

    private async Task RowsAsync(
        CaredLog log,
        Found found,
        TimeSpan spread,
        Func<(long Number, IReadOnlyList<byte[]> Entries), Task> then,
        CancellationToken token
    )
    {
        var bundles = (log.Tree.Size + Tile.FullWidth - 1) / Tile.FullWidth;
        var pause = bundles == 0 ? TimeSpan.Zero : spread / bundles;
        for (var number = 0L; number < bundles; number++)
        {
            var first = number * Tile.FullWidth;
            if (await _entries.MendAsync(log, number, found, token) is { } entries)
            {
                found.Records += entries.Count;
                await _tags.MendAsync(first, entries, found, token);
                await then((number, entries));
            }
            await _checkpoints.MendAsync(log, first, Math.Min(first + Tile.FullWidth, log.Tree.Size), found, token);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause < Pause ? pause : Pause, _time, token);
        }
    }

    /// <summary>By the tree in memory: what it says was checked when the log was opened, and grew from there.</summary>
    private CaredLog Care(OpenLog open) =>
        new(
            open.Id,
            open.Year,
            open.Signer.Verifier,
            new RootedLog(
                open.Tree.Edge,
                [
                    new LogSource(LogRecovery.Own, open.Files),
                    new LogSource(LogRecovery.Own, new RecentFiles(open)),
                    .. _nodes.Links.Select(link => _http.CopyOf(link, open.Origin)),
                ]
            )
        );

    [LoggerMessage(Level = LogLevel.Error, Message = "The ledger was not looked through; the next round tries again")]
    private partial void RoundFailed(Exception failure);

    /// <summary>The newest entries, which are in no file yet.</summary>
    private sealed class RecentFiles(OpenLog open) : ILogReader
    {
        public ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct)
        {
            if (!TilePath.TryParse(path, out var wanted) || wanted.Level != TilePath.Entries)
                return new((byte[]?)null);
            var from = wanted.Index * Tile.FullWidth;
            var entries = open.Recent.Find(from, from + wanted.Width);
            return new(entries is null ? null : EntryBundle.Write(entries.Select(e => new ReadOnlyMemory<byte>(e))));
        }
    }
}
