namespace MyData.Core.Ledger;

/// <summary>
/// A log's tree in the process that grows or serves it: the edge in memory, full tiles in files, those not written yet in between. Makes
/// proofs for any size up to its own. One caller appends and stores; readers are free and see one edge each.
/// </summary>
public sealed class TileTree
{
    private readonly ILogReader _files;
    private readonly TileCache _cache = new();
    private readonly Lock _lock = new();
    private readonly List<Tile> _pending = [];
    private volatile TreeEdge _edge;

    private TileTree(ILogReader files, TreeEdge edge) => (_files, _edge) = (files, edge);

    public TreeEdge Edge => _edge;

    /// <summary>Full tiles that are in memory only, in the order in which they must be written.</summary>
    public IReadOnlyList<Tile> Pending
    {
        get
        {
            lock (_lock)
                return [.. _pending];
        }
    }

    /// <summary>
    /// Loads what the files have, then takes the leaves behind them. Whether that is the tree that was signed shows its root, which the
    /// caller compares.
    /// </summary>
    /// <param name="size">of the newest root that the database knows</param>
    /// <param name="leafHashes">gives the leaf hashes from an index on, up to <paramref name="size"/>: those that no file has yet</param>
    /// <exception cref="LedgerException"><c>tile.missing</c>, <c>tile.size</c></exception>
    public static async Task<TileTree> LoadAsync(
        ILogReader files,
        long size,
        Func<long, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> leafHashes,
        CancellationToken ct
    )
    {
        var stored = await StoredAsync(files, size, ct);
        var tree = new TileTree(files, await TreeEdge.ReadAsync(files, stored, ct));
        if (stored < size)
            tree.Accept(tree.Edge.Append((await leafHashes(stored, ct)).Span));
        return tree;
    }

    /// <summary>Files whose edge has been checked by the caller.</summary>
    internal static TileTree Over(ILogReader files, TreeEdge edge) => new(files, edge);

    /// <summary>Makes an edge that followed this one the current one: call it when the batch is durable.</summary>
    public void Accept(TreeEdge next)
    {
        if (next.Size < _edge.Size)
            throw new ArgumentException("A tree does not shrink.", nameof(next));
        lock (_lock)
        {
            _pending.AddRange(next.Completed);
            foreach (var tile in next.Completed)
                _cache.Add(tile);
            _edge = next;
        }
    }

    /// <summary>These tiles, the first of <see cref="Pending"/>, are durable in the files now.</summary>
    public void Stored(IReadOnlyCollection<Tile> tiles)
    {
        lock (_lock)
            _pending.RemoveAll(tiles.Contains);
    }

    /// <summary>A file was wrong, and may have been read: the next look reads what stands there now.</summary>
    public void Forget(TilePath path) => _cache.Remove(path.Level, path.Index);

    /// <summary>The proof that leaf <paramref name="index"/> is in the tree of this size, its hashes one behind the other.</summary>
    /// <exception cref="LedgerException"><c>merkle.index</c>, <c>merkle.range</c>, <c>tile.missing</c>, <c>tile.size</c></exception>
    public ValueTask<byte[]> InclusionAsync(long index, long size, CancellationToken ct) =>
        ProveAsync(ProofPlan.Inclusion(index, 0, Known(size)), ct);

    /// <summary>The proof that the tree of the new size begins with that of the old; empty where they are the same.</summary>
    /// <exception cref="LedgerException"><c>merkle.range</c>, <c>tile.missing</c>, <c>tile.size</c></exception>
    public ValueTask<byte[]> ConsistencyAsync(long oldSize, long newSize, CancellationToken ct) =>
        ProveAsync(ProofPlan.Consistency(0, oldSize, Known(newSize)), ct);

    /// <summary>Any plan's hashes, one behind the other.</summary>
    /// <exception cref="LedgerException"><c>tile.missing</c>, <c>tile.size</c></exception>
    public async ValueTask<byte[]> ProveAsync(ProofPlan plan, CancellationToken ct)
    {
        var proof = new MemoryStream(24 * Merkle.HashSize);
        var hash = new byte[Merkle.HashSize];
        foreach (var nodes in plan.Hashes)
        {
            await FoldAsync(nodes, hash, ct);
            proof.Write(hash);
        }
        return proof.ToArray();
    }

    /// <summary>The root of the tree at an earlier size, or of its subtree [start, end).</summary>
    /// <exception cref="LedgerException"><c>merkle.range</c>, <c>tile.missing</c>, <c>tile.size</c></exception>
    public async ValueTask<byte[]> RootAsync(long start, long end, CancellationToken ct)
    {
        if (start == 0 && end == 0)
            return Merkle.EmptyRoot.ToArray();
        if (!MerkleProofs.IsSubtree(start, Known(end)))
            throw new LedgerException("merkle.range", "There is no such subtree.");
        var hash = new byte[Merkle.HashSize];
        await FoldAsync(ProofPlan.Perfect(start, end), hash, ct);
        return hash;
    }

    /// <summary>The file of a tile, full or as it was when it had that width; null where the tree has not grown so far.</summary>
    /// <exception cref="LedgerException"><c>tile.missing</c>, <c>tile.size</c></exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TilePath path, CancellationToken ct)
    {
        var count = path.Level is >= 0 and < TreeEdge.MaxLevels ? _edge.Size >> (Tile.Height * path.Level) : 0;
        if (path.Index > count >> Tile.Height || path.Width > count - (path.Index << Tile.Height))
            return null;
        return (await TileAsync(path.Level, path.Index, ct)).Bytes(path.Width);
    }

    private long Known(long size) =>
        size <= _edge.Size ? size : throw new LedgerException("merkle.range", "The tree has not grown so far.");

    private async ValueTask FoldAsync(IReadOnlyList<TreeNode> nodes, byte[] hash, CancellationToken ct)
    {
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            var (height, index) = nodes[i];
            // The height above its own tile's hashes, and how many nodes of that height a tile has.
            var (level, inside) = (height / Tile.Height, height % Tile.Height);
            var shift = Tile.Height - inside;
            var tile = await TileAsync(level, index >> shift, ct);
            var node = tile.Node(inside, (int)(index & ((1L << shift) - 1)));
            if (i == nodes.Count - 1)
                node.CopyTo(hash);
            else
                Merkle.NodeHash(node, hash, hash);
        }
    }

    private ValueTask<Tile> TileAsync(int level, long index, CancellationToken ct)
    {
        if (_edge.Partial(level) is { } partial && partial.Index == index)
            return new(partial);
        return _cache.Find(level, index) is { } tile ? new(tile) : ReadAsync(level, index, ct);
    }

    private async ValueTask<Tile> ReadAsync(int level, long index, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_pending.Find(t => t.Level == level && t.Index == index) is { } pending)
                return pending;
        }
        var tile = await _files.ReadTileAsync(new TilePath(level, index), ct);
        _cache.Add(tile);
        return tile;
    }

    /// <summary>Leaves in the full tiles that the files have: they are written from left to right, so halving finds the end.</summary>
    private static async Task<long> StoredAsync(ILogReader files, long size, CancellationToken ct)
    {
        var (have, limit) = (0L, size / Tile.FullWidth);
        while (have < limit)
        {
            var middle = have + (limit - have + 1) / 2;
            var path = new TilePath(0, middle - 1).ToString();
            if (await files.ReadAsync(path, ct) is not null)
                have = middle;
            else
                limit = middle - 1;
        }
        return have * Tile.FullWidth;
    }
}
