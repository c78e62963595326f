using System.Numerics;

namespace MyData.Core.Ledger;

/// <summary>
/// The tree at one size: its root, and on each level the tile that is not full yet. Never changes: appending gives a new edge, so a batch
/// whose commit fails is dropped by forgetting its edge, and readers need no lock.
/// </summary>
public sealed class TreeEdge
{
    private readonly Tile?[] _tiles;
    private readonly byte[] _root;

    private TreeEdge(long size, Tile?[] tiles, IReadOnlyList<Tile> completed) =>
        (Size, _tiles, Completed, _root) = (size, tiles, completed, RootOf(tiles));

    public static TreeEdge Empty { get; } = new(0, [], []);

    /// <summary>Levels of tiles that a size of 63 bits has.</summary>
    internal const int MaxLevels = 8;

    /// <summary>Leaves of the tree.</summary>
    public long Size { get; }

    public ReadOnlyMemory<byte> Root => _root;

    /// <summary>
    /// The tiles that the last append filled, those above before the one that completes them: written to disk in this order, a tile of
    /// level 0 that is there says that everything left of its end is.
    /// </summary>
    public IReadOnlyList<Tile> Completed { get; }

    /// <summary>The partial tile of a level, null where the level ends with a full one.</summary>
    public Tile? Partial(int level) => level < _tiles.Length ? _tiles[level] : null;

    /// <param name="leafHashes">one behind the other</param>
    public TreeEdge Append(ReadOnlySpan<byte> leafHashes)
    {
        var tiles = _tiles.ToList();
        var own = new HashSet<Tile>();
        var completed = new List<Tile>();
        var size = Size;
        for (; !leafHashes.IsEmpty; leafHashes = leafHashes[Merkle.HashSize..])
            Add(leafHashes[..Merkle.HashSize], size++);
        return new TreeEdge(size, [.. tiles], completed);

        void Add(ReadOnlySpan<byte> hash, long index)
        {
            var at = completed.Count;
            for (var level = 0; ; level++)
            {
                var tile = Own(level, index >> (Tile.Height * (level + 1)));
                tile.Add(hash);
                if (!tile.IsFull)
                    return;
                tiles[level] = null;
                completed.Insert(at, tile);
                hash = tile.Root;
            }
        }

        Tile Own(int level, long index)
        {
            if (level == tiles.Count)
                tiles.Add(null);
            if (tiles[level] is { } tile && own.Contains(tile))
                return tile;
            tile = tiles[level]?.Copy() ?? new Tile(level, index);
            own.Add(tile);
            tiles[level] = tile;
            return tile;
        }
    }

    /// <summary>The edge of a tree whose full tiles below <paramref name="size"/> are stored: reads at most 255 tiles a level.</summary>
    /// <param name="size">a multiple of 256</param>
    /// <exception cref="LedgerException"><c>tile.missing</c>, <c>tile.size</c></exception>
    internal static async Task<TreeEdge> ReadAsync(ILogReader files, long size, CancellationToken ct)
    {
        var tiles = new List<Tile?>();
        for (var level = 0; size >> (Tile.Height * level) > 0; level++)
        {
            var count = size >> (Tile.Height * level);
            var first = count & ~(Tile.FullWidth - 1L);
            var tile = count == first ? null : new Tile(level, count >> Tile.Height);
            for (var index = first; index < count; index++)
                tile!.Add((await files.ReadTileAsync(new TilePath(level - 1, index), ct)).Root);
            tiles.Add(tile);
        }
        return new TreeEdge(size, [.. tiles], []);
    }

    /// <summary>The partial tiles of a tree of this size, level 0 first.</summary>
    internal static IEnumerable<TilePath> Paths(long size)
    {
        for (var level = 0; level < MaxLevels; level++)
        {
            var count = size >> (Tile.Height * level);
            if ((count & (Tile.FullWidth - 1)) is var width and > 0)
                yield return new TilePath(level, count >> Tile.Height, (int)width);
        }
    }

    /// <summary>Every tile and bundle of a log of this size, bundles first, full ones before the partial one behind them.</summary>
    internal static IEnumerable<TilePath> Files(long size)
    {
        for (var level = TilePath.Entries; level < MaxLevels; level++)
        {
            var count = size >> (Tile.Height * Math.Max(level, 0));
            for (var index = 0L; index < count >> Tile.Height; index++)
                yield return new TilePath(level, index);
            if ((count & (Tile.FullWidth - 1)) is var width and > 0)
                yield return new TilePath(level, count >> Tile.Height, (int)width);
        }
    }

    /// <summary>An edge of tiles that were read from somewhere: its root says what they are worth.</summary>
    internal static TreeEdge Of(long size, IEnumerable<Tile> partial)
    {
        var tiles = new Tile?[MaxLevels];
        foreach (var tile in partial)
            tiles[tile.Level] = tile;
        return new TreeEdge(size, tiles, []);
    }

    private static byte[] RootOf(Tile?[] tiles)
    {
        var root = Merkle.EmptyRoot.ToArray();
        var any = false;
        foreach (var tile in tiles)
        {
            for (var bits = tile?.Width ?? 0; bits != 0; bits &= bits - 1)
            {
                var height = BitOperations.TrailingZeroCount(bits);
                var node = tile!.Node(height, (bits >> height) - 1);
                if (any)
                    Merkle.NodeHash(node, root, root);
                else
                    node.CopyTo(root);
                any = true;
            }
        }
        return root;
    }
}
