using System.Numerics;

namespace MyData.Core.Ledger;

/// <summary>
/// Up to 256 hashes of one level of the tree, and the nodes between them and the level above, each hashed once when it becomes complete:
/// making a proof is then looking up. A tile takes 16 KB; what it serves are its first <see cref="Width"/> hashes.
/// </summary>
public sealed class Tile
{
    /// <summary>Hashes in a full tile.</summary>
    public const int FullWidth = 256;

    /// <summary>Levels of the tree that a tile spans.</summary>
    public const int Height = 8;

    /// <summary>Bytes of a full tile's file.</summary>
    public const int FullBytes = FullWidth * Merkle.HashSize;

    // Height 0 first, so that the front of this is the file; then 128 nodes of height 1, and so on to the tile's own root.
    private readonly byte[] _nodes;

    internal Tile(int level, long index)
        : this(level, index, 0, new byte[(2 * FullWidth - 1) * Merkle.HashSize]) { }

    private Tile(int level, long index, int width, byte[] nodes) =>
        (Level, Index, Width, _nodes) = (level, index, width, nodes);

    public int Level { get; }

    public long Index { get; }

    /// <summary>Hashes so far.</summary>
    public int Width { get; private set; }

    public bool IsFull => Width == FullWidth;

    public TilePath Path => new(Level, Index, Width);

    /// <summary>The tile's file, or that of a partial tile of this width.</summary>
    public ReadOnlyMemory<byte> Bytes(int width = FullWidth) =>
        _nodes.AsMemory(0, Math.Min(width, Width) * Merkle.HashSize);

    /// <summary>The root of a full tile: one hash of the level above.</summary>
    public ReadOnlySpan<byte> Root => Node(Height, 0);

    /// <summary>A node <paramref name="height"/> above the tile's hashes. It must be complete.</summary>
    public ReadOnlySpan<byte> Node(int height, int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Width >> height);
        return Slot(height, index);
    }

    /// <summary>A tile read from somewhere. Its hashes are as good as the place they came from.</summary>
    /// <exception cref="LedgerException"><c>tile.size</c></exception>
    public static Tile From(TilePath path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != path.Width * Merkle.HashSize)
            throw new LedgerException("tile.size", $"{path} has {bytes.Length} bytes.");
        var tile = new Tile(path.Level, path.Index);
        for (; !bytes.IsEmpty; bytes = bytes[Merkle.HashSize..])
            tile.Add(bytes[..Merkle.HashSize]);
        return tile;
    }

    internal Tile Copy() => new(Level, Index, Width, [.. _nodes]);

    internal void Add(ReadOnlySpan<byte> hash)
    {
        hash.CopyTo(Slot(0, Width));
        Width++;
        var complete = BitOperations.TrailingZeroCount(Width);
        for (var height = 1; height <= complete; height++)
        {
            var at = (Width >> height) - 1;
            Merkle.NodeHash(Slot(height - 1, 2 * at), Slot(height - 1, 2 * at + 1), Slot(height, at));
        }
    }

    // The heights below hold 256 + 128 + … = 512 − 512/2^height hashes.
    private Span<byte> Slot(int height, int index) =>
        _nodes.AsSpan((2 * FullWidth - (2 * FullWidth >> height) + index) * Merkle.HashSize, Merkle.HashSize);
}
