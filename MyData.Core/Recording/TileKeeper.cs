using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Writes full tiles and bundles behind the receipts, then the newest checkpoint beside them, and once a minute its note to its row. The
/// rows are durable already: what is not written now is written later.
/// </summary>
public sealed partial class TileKeeper(
    OpenLogs logs,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    LedgerScrub scrub,
    TimeProvider time,
    ILogger<TileKeeper> log
) : BackgroundLoop
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EachNote = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _turn = new(1);

    // By log: what its files show, and since when a note stands with a row.
    private readonly Dictionary<int, PublishedCheckpoint> _shown = [];
    private readonly Dictionary<int, long> _noted = [];

    /// <summary>Stores everything that is full now.</summary>
    /// <exception cref="IOException">The disk is full, or gone.</exception>
    /// <exception cref="LedgerException"><c>tile.differs</c>: a file is there with other bytes</exception>
    public async Task StoreAsync(CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            foreach (var open in logs.All)
                await StoreAsync(open, token);
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
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await StoreAsync(stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RoundFailed(failure);
            }
        }
    }

    private async Task StoreAsync(OpenLog open, CancellationToken token)
    {
        var published = open.Proven;
        foreach (var tile in open.Tree.Pending)
        {
            // A tile of level 0 that is there says that its bundle is.
            if (tile.Level == 0)
                open.Files.Store(new TilePath(TilePath.Entries, tile.Index), await RightBundleAsync(open, tile, token));
            open.Files.Store(tile.Path, tile.Bytes().Span);
            open.Tree.Stored([tile]);
        }
        if (published is null || published == _shown.GetValueOrDefault(open.Id) || published.Checkpoint.Size == 0)
            return;
        open.Files.Publish(published.Note.ToBytes());
        await NoteAsync(open, published, token);
        _shown[open.Id] = published;
    }

    // A file is for ever: it is not made of rows that changed since they were signed.
    private async Task<byte[]> RightBundleAsync(OpenLog open, Tile tile, CancellationToken token)
    {
        var bundle = await databases.BundleAsync(open.Id, tile.Index, Tile.FullWidth, token);
        if (RootedLog.Right(tile, bundle) is not null)
            return bundle;
        await scrub.MendAsync(open, tile.Index * Tile.FullWidth, (tile.Index + 1) * Tile.FullWidth, token);
        bundle = await databases.BundleAsync(open.Id, tile.Index, Tile.FullWidth, token);
        return RootedLog.Right(tile, bundle) is not null
            ? bundle
            : throw new LedgerException("ledger.entry", $"A record of bundle {tile.Index} is not as signed.");
    }

    // Each size keeps its root; of the notes one a minute stays, and the newest is the file (ledger.md, "Tiles").
    private async Task NoteAsync(OpenLog open, PublishedCheckpoint published, CancellationToken token)
    {
        if (_noted.TryGetValue(open.Id, out var since) && time.GetElapsedTime(since) < EachNote)
            return;
        var note = published.Note.ToBytes();
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<LedgerCheckpointRow>()
                    .Where(c => c.Log == open.Id && c.Size == published.Checkpoint.Size && c.Note == null)
                    .ExecuteUpdate(set => set.SetProperty(c => c.Note, note));
            },
            token
        );
        _noted[open.Id] = time.GetTimestamp();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The ledger's tiles were not written; the next round tries again")]
    private partial void RoundFailed(Exception failure);
}
