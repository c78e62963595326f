using System.Buffers.Binary;
using System.Text;
using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>Trees by the definition, RFC 9162 §2.1.1, as slow and as plain as it stands there.</summary>
internal static class Trees
{
    public static byte[] Entry(long index) => Encoding.UTF8.GetBytes($"entry {index}");

    /// <summary>Leaf hashes of <see cref="Entry"/> from one index up to another, one behind the other.</summary>
    public static byte[] Leaves(long from, long to)
    {
        var hashes = new byte[(to - from) * Merkle.HashSize];
        for (var index = from; index < to; index++)
            Merkle.LeafHash(Entry(index), hashes.AsSpan((int)(index - from) * Merkle.HashSize, Merkle.HashSize));
        return hashes;
    }

    /// <summary>Made-up leaf hashes, cheaper than real ones.</summary>
    public static byte[] Numbered(long from, long to)
    {
        var hashes = new byte[(to - from) * Merkle.HashSize];
        for (var index = from; index < to; index++)
            BinaryPrimitives.WriteInt64BigEndian(hashes.AsSpan((int)(index - from) * Merkle.HashSize), index);
        return hashes;
    }

    /// <summary>MTH(D[start:end]).</summary>
    public static byte[] Root(long start, long end)
    {
        if (start == end)
            return Merkle.EmptyRoot.ToArray();
        if (end - start == 1)
            return Merkle.LeafHash(Entry(start));
        var split = 1L;
        while (split * 2 < end - start)
            split *= 2;
        var hash = new byte[Merkle.HashSize];
        Merkle.NodeHash(Root(start, start + split), Root(start + split, end), hash);
        return hash;
    }
}
