namespace MyData.Core.Ledger;

/// <summary>One of several places where a log's files are read; none of them is trusted.</summary>
/// <param name="Name">such as a witness's name in the policy</param>
public sealed record LogSource(string Name, ILogReader Files);

/// <summary>
/// A log whose root is known, read from several places: each tile must have the hash that the tile above it says, each entry the hash in its
/// tile. A place that gives something else, or nothing, is passed over. One caller at a time.
/// </summary>
public sealed class RootedLog : ILogReader
{
    /// <summary>Tiles above level 0 that are kept: each stands over 65,536 records.</summary>
    private const int MostKept = 256;

    private readonly TreeEdge _edge;
    private readonly IReadOnlyList<LogSource> _sources;
    private readonly Dictionary<(int Level, long Index), Tile> _kept = [];

    /// <param name="edge">whose root is the one that counts</param>
    /// <param name="sources">asked in this order</param>
    public RootedLog(TreeEdge edge, IReadOnlyList<LogSource> sources) => (_edge, _sources) = (edge, sources);

    /// <summary>Entries.</summary>
    public long Size => _edge.Size;

    /// <summary>From a checkpoint alone: the first place whose right edge gives its root. Null where none does.</summary>
    public static async Task<RootedLog?> FindAsync(
        Checkpoint checkpoint,
        IReadOnlyList<LogSource> sources,
        CancellationToken ct
    )
    {
        foreach (var source in sources)
        {
            var tiles = new List<Tile>();
            foreach (var path in TreeEdge.Paths(checkpoint.Size))
            {
                if (await ReadAsync(source, path, ct) is { } bytes && TryTile(path, bytes) is { } tile)
                    tiles.Add(tile);
            }
            var edge = TreeEdge.Of(checkpoint.Size, tiles);
            if (edge.Root.Span.SequenceEqual(checkpoint.Root.Span))
                return new RootedLog(edge, sources);
        }
        return null;
    }

    /// <summary>The root at an earlier size.</summary>
    /// <exception cref="LedgerException"><c>merkle.range</c>; <c>tile.missing</c>: no place has a right one</exception>
    public ValueTask<byte[]> RootAsync(long size, CancellationToken ct) =>
        TileTree.Over(this, _edge).RootAsync(0, size, ct);

    /// <summary>A tile as the tree has it: full, or as wide as it is at the right edge. With whose it is; null where it was known.</summary>
    /// <exception cref="LedgerException"><c>tile.missing</c>: no place has a right one</exception>
    public async ValueTask<(Tile Tile, string? From)> TileAsync(int level, long index, CancellationToken ct)
    {
        if (_edge.Partial(level) is { } partial && partial.Index == index)
            return (partial, null);
        if (_kept.TryGetValue((level, index), out var kept))
            return (kept, null);
        var path = new TilePath(level, index);
        if (index >= _edge.Size >> (Tile.Height * (level + 1)))
            throw new LedgerException("tile.missing", $"{path} is behind the end.");
        var above = (await TileAsync(level + 1, index >> Tile.Height, ct)).Tile;
        var root = above.Node(0, (int)(index & (Tile.FullWidth - 1))).ToArray();
        foreach (var source in _sources)
        {
            if (await ReadAsync(source, path, ct) is not { } bytes || TryTile(path, bytes) is not { } tile)
                continue;
            if (!tile.Root.SequenceEqual(root))
                continue;
            if (level > 0)
                Keep(tile);
            return (tile, source.Name);
        }
        if (await BelowAsync(path, root, ct) is { } made)
            return (made, null);
        throw new LedgerException("tile.missing", $"No place has the right {path}.");
    }

    /// <summary>A bundle, full or as long as it is at the right edge, every entry the one that was signed. With whose it is.</summary>
    /// <exception cref="LedgerException"><c>tile.missing</c>, <c>bundle.missing</c>: no place has a right one</exception>
    public async ValueTask<(IReadOnlyList<byte[]> Entries, string From)> EntriesAsync(long number, CancellationToken ct)
    {
        var tile = (await TileAsync(0, number, ct)).Tile;
        var path = new TilePath(TilePath.Entries, number, tile.Width);
        foreach (var source in _sources)
        {
            if (await ReadAsync(source, path, ct) is { } bytes && Right(tile, bytes) is { } entries)
                return (entries, source.Name);
        }
        throw new LedgerException("bundle.missing", $"No place has the right {path}.");
    }

    public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct) =>
        TilePath.TryParse(path, out var wanted) && wanted.Level >= 0
            ? (await TileAsync(wanted.Level, wanted.Index, ct)).Tile.Bytes(wanted.Width).ToArray()
            : null;

    /// <summary>The entries of a bundle, where they are those whose hashes the tile has; else null.</summary>
    public static IReadOnlyList<byte[]>? Right(Tile tile, ReadOnlySpan<byte> bytes)
    {
        var entries = new List<byte[]>(tile.Width);
        Span<byte> hash = stackalloc byte[Merkle.HashSize];
        try
        {
            var bundle = new EntryBundle(bytes);
            while (entries.Count < tile.Width && bundle.TryNext(out var entry))
            {
                Merkle.LeafHash(entry, hash);
                if (!hash.SequenceEqual(tile.Node(0, entries.Count)))
                    return null;
                entries.Add(entry.ToArray());
            }
        }
        catch (LedgerException)
        {
            return null;
        }
        return entries.Count == tile.Width ? entries : null;
    }

    // Where nobody has the tile itself, what is below it gives it as well.
    private async ValueTask<Tile?> BelowAsync(TilePath path, byte[] root, CancellationToken ct)
    {
        foreach (var source in _sources)
        {
            var tile = await TileBelow.ReadAsync(new Quiet(source), path, ct);
            if (tile is not null && tile.Root.SequenceEqual(root))
                return tile;
        }
        return null;
    }

    private void Keep(Tile tile)
    {
        if (_kept.Count >= MostKept)
            _kept.Clear();
        _kept[(tile.Level, tile.Index)] = tile;
    }

    private static Tile? TryTile(TilePath path, byte[] bytes)
    {
        try
        {
            return Tile.From(path, bytes.AsSpan(0, Math.Min(bytes.Length, path.Width * Merkle.HashSize)));
        }
        catch (LedgerException)
        {
            return null;
        }
    }

    private static async ValueTask<byte[]?> ReadAsync(LogSource source, TilePath path, CancellationToken ct) =>
        await TileBelow.ReadBundleAsync(new Quiet(source), path, ct);

    /// <summary>A place that does not answer has nothing.</summary>
    private sealed class Quiet(LogSource source) : ILogReader
    {
        public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct)
        {
            try
            {
                return await source.Files.ReadAsync(path, ct);
            }
            catch (Exception failure)
                when (failure is HttpRequestException or IOException or UnauthorizedAccessException or LedgerException
                    || (failure is OperationCanceledException && !ct.IsCancellationRequested)
                )
            {
                return null;
            }
        }
    }
}
