using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Opens a year's log, at the start and after every failed commit: name and key must be those it began with, rows, files and the newest
/// checkpoint must tell of one tree, and none of them of a smaller one than was published (ledger.md, "Faults").
/// </summary>
internal sealed partial class LogOpening(
    OpenLogs logs,
    DatabaseSettings database,
    LedgerSettings settings,
    ILogger<LogOpening> log
)
{
    /// <summary>Entries read at once.</summary>
    private const int Page = Tile.FullWidth;

    /// <exception cref="LedgerException">
    /// <c>ledger.key</c> (the log began with another), <c>ledger.size</c> (rows without a root, or roots without rows), <c>ledger.rollback</c>
    /// (a larger tree was published), <c>ledger.root</c> (another tree was published), <c>ledger.entry</c> (a record is not the one that was
    /// signed; the message says which)
    /// </exception>
    public OpenLog Open(MyDataDb db, DateTimeOffset now)
    {
        var known = db.Set<LedgerLogRow>().AsNoTracking().OrderBy(row => row.Year).ToList();
        // A clock that was set back does not reopen a year that is over.
        var year = known is [.., var last] ? Math.Max(last.Year, now.Year) : now.Year;
        foreach (var over in known.Where(row => row.Year < year && logs.Find(row.Year) is null))
            logs.Keep(Open(db, over, now));
        return Open(db, known.Find(row => row.Year == year) ?? Begin(db, year), now);
    }

    private OpenLog Open(MyDataDb db, LedgerLogRow row, DateTimeOffset now)
    {
        var signer = logs.Signer(row);
        var files = new LogFolder(FolderOf(row.Year));
        files.Sweep();
        var newest = db.Set<LedgerCheckpointRow>()
            .AsNoTracking()
            .Where(c => c.Log == row.Id)
            .OrderByDescending(c => c.Size)
            .FirstOrDefault();
        var size = newest?.Size ?? 0;
        var last = db.Set<LedgerEntryRow>().Where(e => e.Log == row.Id).Max(e => e.Index) + 1 ?? 0;
        if (last != size)
            throw new LedgerException("ledger.size", $"{last} records, and the newest checkpoint says {size}.");
        var tree = Load(db, row.Id, files, size);
        if (newest is not null && !tree.Edge.Root.Span.SequenceEqual(newest.Root))
            tree = Rebuild(db, row.Id, files, newest, now);
        var policy = WitnessPolicy.Parse(Encoding.UTF8.GetBytes(settings.PolicyOf(signer.Verifier)));
        var published = Published(files, signer);
        Compare(tree, published?.Checkpoint);
        var open = new OpenLog(row.Id, row.Year, signer, tree, files, policy);
        if (published is not null && policy.Judge(published.Note, out _).HasQuorum)
            open.Prove(published);
        if (logs.ById(row.Id)?.Proven is { } before)
        {
            Compare(tree, before.Checkpoint);
            open.Prove(before);
        }
        open.Sign();
        return open;
    }

    internal string FolderOf(int year) =>
        Path.Combine(
            settings.Folder.Length > 0 ? settings.Folder : database.LedgerFolder,
            FormattableString.Invariant($"{year}")
        );

    private LedgerLogRow Begin(MyDataDb db, int year)
    {
        var key = logs.NewSigner(year).Verifier;
        db.Database.ExecuteSql(
            $"INSERT INTO ledger_logs (\"Year\", \"Origin\", \"Key\") VALUES ({year}, {key.Name}, {key.ToString()})"
        );
        return db.Set<LedgerLogRow>().AsNoTracking().Single(row => row.Year == year);
    }

    /// <summary>From the files as far as they go, from the rows behind them; from the rows alone where a file is missing.</summary>
    private static TileTree Load(MyDataDb db, int logId, ILogReader files, long size)
    {
        try
        {
            return Tree(files);
        }
        catch (LedgerException)
        {
            return Tree(new NoFiles());
        }

        TileTree Tree(ILogReader from) =>
            TileTree
                .LoadAsync(from, size, (start, _) => new(Hashes(db, logId, start, size)), CancellationToken.None)
                .GetAwaiter()
                .GetResult();
    }

    private static ReadOnlyMemory<byte> Hashes(MyDataDb db, int logId, long start, long end)
    {
        var hashes = new byte[(end - start) * Merkle.HashSize];
        var at = 0;
        foreach (var entry in Entries(db, logId, start, end))
            Merkle.LeafHash(entry, hashes.AsSpan(Merkle.HashSize * at++, Merkle.HashSize));
        return hashes;
    }

    private static IEnumerable<byte[]> Entries(MyDataDb db, int logId, long start, long end)
    {
        for (var from = start; from < end; from += Page)
        {
            var to = Math.Min(from + Page, end);
            var page = db.Set<LedgerEntryRow>()
                .Where(e => e.Log == logId && e.Index >= from && e.Index < to)
                .OrderBy(e => e.Index)
                .Select(e => e.Bytes)
                .ToList();
            if (page.Count != to - from)
                throw new LedgerException("ledger.entry", $"A record from {from} to {to - 1} is missing.");
            foreach (var bytes in page)
                yield return bytes;
        }
    }

    /// <summary>
    /// The tiles do not give the root that was signed. Where the records do, the wrong files are set aside and made anew; else one of the
    /// records is wrong, and the first root that does not come out says between which.
    /// </summary>
    private TileTree Rebuild(MyDataDb db, int logId, LogFolder files, LedgerCheckpointRow newest, DateTimeOffset now)
    {
        using var roots = Roots(db, logId).GetEnumerator();
        var frontier = new MerkleFrontier();
        var good = 0L;
        var more = roots.MoveNext();
        foreach (var entry in Entries(db, logId, 0, newest.Size))
        {
            frontier.Append(Merkle.LeafHash(entry));
            if (!more || roots.Current.Size != frontier.Size)
                continue;
            if (!frontier.Root().AsSpan().SequenceEqual(roots.Current.Root))
                throw new LedgerException(
                    "ledger.entry",
                    $"A record from {good} to {frontier.Size - 1} is not as signed."
                );
            good = frontier.Size;
            more = roots.MoveNext();
        }
        var tree = Load(db, logId, new NoFiles(), newest.Size);
        foreach (var tile in tree.Pending)
        {
            var there = files.ReadAsync(tile.Path.ToString(), CancellationToken.None).GetAwaiter().GetResult();
            if (there is not null && !there.AsSpan().SequenceEqual(tile.Bytes().Span))
                SetAside(tile.Path.ToString(), files.SetAside(tile.Path, now));
        }
        return tree;
    }

    // Page by page: on PostgreSQL a connection answers one question at a time, and records are read meanwhile.
    private static IEnumerable<LedgerCheckpointRow> Roots(MyDataDb db, int logId)
    {
        List<LedgerCheckpointRow> page;
        var size = 0L;
        do
        {
            page = db.Set<LedgerCheckpointRow>()
                .AsNoTracking()
                .Where(c => c.Log == logId && c.Size > size)
                .OrderBy(c => c.Size)
                .Take(Page)
                .ToList();
            foreach (var row in page)
                yield return row;
            size = page is [.., var last] ? last.Size : size;
        } while (page.Count == Page);
    }

    private static PublishedCheckpoint? Published(ILogReader files, NoteSigner signer)
    {
        var bytes = files.ReadAsync(ILogReader.Checkpoint, CancellationToken.None).GetAwaiter().GetResult();
        if (bytes is null)
            return null;
        var note = SignedNote.Parse(bytes);
        return note.SignedBy(signer.Verifier).Count > 0
            ? new PublishedCheckpoint(Checkpoint.Parse(note.Text.Span), note)
            : null;
    }

    private static void Compare(TileTree tree, Checkpoint? published)
    {
        if (published is null)
            return;
        if (published.Size > tree.Edge.Size)
            throw new LedgerException(
                "ledger.rollback",
                $"{published.Size} records were published, and the database has {tree.Edge.Size}: it is an older copy."
            );
        var root = tree.RootAsync(0, published.Size, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (!root.AsSpan().SequenceEqual(published.Root.Span))
            throw new LedgerException("ledger.root", $"Another tree of {published.Size} records was published.");
    }

    /// <summary>For a tree that is made of the rows alone.</summary>
    private sealed class NoFiles : ILogReader
    {
        public ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct) => new((byte[]?)null);
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The ledger's {Tile} was wrong; it is kept as {Evidence}, and made anew"
    )]
    private partial void SetAside(string tile, string? evidence);
}
