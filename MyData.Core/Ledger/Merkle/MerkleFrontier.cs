using System.Numerics;

namespace MyData.Core.Ledger;

/// <summary>
/// The root of a growing tree in constant memory: for each bit of the size one perfect subtree, the largest leftmost (a compact range).
/// For whoever needs roots only; <see cref="TreeEdge"/> keeps what proofs need too.
/// </summary>
public sealed class MerkleFrontier
{
    private readonly byte[] _subtrees = new byte[64 * Merkle.HashSize];

    /// <summary>Leaves so far.</summary>
    public long Size { get; private set; }

    public void Append(ReadOnlySpan<byte> leafHash)
    {
        Span<byte> hash = stackalloc byte[Merkle.HashSize];
        leafHash.CopyTo(hash);
        var height = BitOperations.TrailingZeroCount(~Size);
        for (var i = 0; i < height; i++)
            Merkle.NodeHash(Subtree(i), hash, hash);
        hash.CopyTo(Subtree(height));
        Size++;
    }

    public byte[] Root()
    {
        var hash = Merkle.EmptyRoot.ToArray();
        var any = false;
        for (var bits = Size; bits != 0; bits &= bits - 1)
        {
            var subtree = Subtree(BitOperations.TrailingZeroCount(bits));
            if (any)
                Merkle.NodeHash(subtree, hash, hash);
            else
                subtree.CopyTo(hash);
            any = true;
        }
        return hash;
    }

    private Span<byte> Subtree(int height) => _subtrees.AsSpan(height * Merkle.HashSize, Merkle.HashSize);
}
