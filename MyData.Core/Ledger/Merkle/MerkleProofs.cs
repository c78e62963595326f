using System.Numerics;

namespace MyData.Core.Ledger;

/// <summary>
/// Verifies proofs (RFC 9162 §2.1.3.2, §2.1.4.2) and proofs about subtrees [start, end) (draft-ietf-plants-merkle-tree-certs §4.3, §4.4);
/// a whole tree is the subtree that starts at 0, so there are two verifiers and not four. A proof is its hashes one behind the other.
/// </summary>
/// <remarks>
/// Refusals, everywhere: <c>merkle.range</c> (no such tree or subtree), <c>merkle.index</c> (not in it), <c>merkle.hash_length</c>,
/// <c>merkle.proof_length</c> (a hash too many or too few), <c>merkle.root</c> (another root).
/// </remarks>
public static class MerkleProofs
{
    /// <summary>That the leaf stands at <paramref name="index"/> in the tree of this size and root.</summary>
    /// <exception cref="LedgerException">see the remarks of the class</exception>
    public static void VerifyInclusion(
        long index,
        long size,
        ReadOnlySpan<byte> leafHash,
        ReadOnlySpan<byte> proof,
        ReadOnlySpan<byte> root
    ) => VerifySubtreeInclusion(index, 0, size, leafHash, proof, root);

    /// <summary>That the tree of the larger size begins with the one of the smaller. From an empty tree there is nothing to prove.</summary>
    /// <exception cref="LedgerException">see the remarks of the class</exception>
    public static void VerifyConsistency(
        long oldSize,
        long newSize,
        ReadOnlySpan<byte> proof,
        ReadOnlySpan<byte> oldRoot,
        ReadOnlySpan<byte> newRoot
    )
    {
        Require(oldSize > 0, "merkle.range", "Every tree begins with the empty one: that proves nothing.");
        VerifySubtreeConsistency(0, oldSize, newSize, proof, oldRoot, newRoot);
    }

    /// <summary>That the leaf at <paramref name="index"/> of the log is in the subtree [start, end) with this root.</summary>
    /// <exception cref="LedgerException">see the remarks of the class</exception>
    public static void VerifySubtreeInclusion(
        long index,
        long start,
        long end,
        ReadOnlySpan<byte> leafHash,
        ReadOnlySpan<byte> proof,
        ReadOnlySpan<byte> root
    )
    {
        Span<byte> found = stackalloc byte[Merkle.HashSize];
        RootFrom(index, start, end, leafHash, proof, found);
        Require(found.SequenceEqual(root), "merkle.root", "The proof leads to another root.");
    }

    /// <summary>The root to which a proof leads, for whoever learns the root from it.</summary>
    /// <exception cref="LedgerException">see the remarks of the class</exception>
    public static byte[] RootFrom(long index, long size, ReadOnlySpan<byte> leafHash, ReadOnlySpan<byte> proof)
    {
        var root = new byte[Merkle.HashSize];
        RootFrom(index, 0, size, leafHash, proof, root);
        return root;
    }

    private static void RootFrom(
        long index,
        long start,
        long end,
        ReadOnlySpan<byte> leafHash,
        ReadOnlySpan<byte> proof,
        Span<byte> hash
    )
    {
        Require(IsSubtree(start, end), "merkle.range", "There is no such subtree.");
        Require(start <= index && index < end, "merkle.index", "The index is outside the tree.");
        Require(leafHash.Length == Merkle.HashSize, "merkle.hash_length", "The leaf's hash is no SHA-256 value.");
        Require(proof.Length % Merkle.HashSize == 0, "merkle.hash_length", "The proof is not made of whole hashes.");
        var (node, last) = (index - start, end - start - 1);
        leafHash.CopyTo(hash);
        for (; !proof.IsEmpty; proof = proof[Merkle.HashSize..])
        {
            Require(last != 0, "merkle.proof_length", "The proof goes on above the root.");
            var sibling = proof[..Merkle.HashSize];
            if ((node & 1) == 1 || node == last)
            {
                Merkle.NodeHash(sibling, hash, hash);
                // A last node without a sibling rises as it is, to where it has one.
                var rise = node == 0 ? 0 : BitOperations.TrailingZeroCount(node);
                (node, last) = (node >> rise, last >> rise);
            }
            else
            {
                Merkle.NodeHash(hash, sibling, hash);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        Require(last == 0, "merkle.proof_length", "The proof ends below the root.");
    }

    /// <summary>That the leaves [start, end) of the tree of this size and root have the subtree root given.</summary>
    /// <exception cref="LedgerException">see the remarks of the class</exception>
    public static void VerifySubtreeConsistency(
        long start,
        long end,
        long size,
        ReadOnlySpan<byte> proof,
        ReadOnlySpan<byte> subtreeRoot,
        ReadOnlySpan<byte> root
    )
    {
        Require(proof.Length % Merkle.HashSize == 0, "merkle.hash_length", "The proof is not made of whole hashes.");
        var empty = start == end && start >= 0;
        Require(end <= size && (empty || IsSubtree(start, end)), "merkle.range", "There is no such subtree.");
        if (empty)
        {
            Require(proof.IsEmpty, "merkle.proof_length", "Of an empty subtree there is nothing to prove.");
            Require(subtreeRoot.SequenceEqual(Merkle.EmptyRoot), "merkle.root", "An empty subtree has one root only.");
            return;
        }
        var (first, last, whole) = (start, end - 1, size - 1);
        // Up to where the subtree is one node; short of that, where it does not reach the tree's end, to its last node with a sibling.
        var reachesEnd = last == whole;
        while (first != last && (reachesEnd || (last & 1) == 1))
            (first, last, whole) = (first >> 1, last >> 1, whole >> 1);
        var isNode = first == last;
        if (isNode && proof.IsEmpty)
        {
            Require(whole == 0, "merkle.proof_length", "The proof ends below the root.");
            Require(subtreeRoot.SequenceEqual(root), "merkle.root", "Two roots of one tree.");
            return;
        }
        Require(subtreeRoot.Length == Merkle.HashSize, "merkle.hash_length", "The root is no SHA-256 value.");
        Require(!proof.IsEmpty, "merkle.proof_length", "The proof is empty.");
        Span<byte> inner = stackalloc byte[Merkle.HashSize];
        Span<byte> outer = stackalloc byte[Merkle.HashSize];
        // Where the subtree is one node of the tree, the proof leaves out what the verifier has.
        (isNode ? subtreeRoot : proof[..Merkle.HashSize]).CopyTo(inner);
        inner.CopyTo(outer);
        for (proof = proof[(isNode ? 0 : Merkle.HashSize)..]; !proof.IsEmpty; proof = proof[Merkle.HashSize..])
        {
            Require(whole != 0, "merkle.proof_length", "The proof goes on above the root.");
            var sibling = proof[..Merkle.HashSize];
            if ((last & 1) == 1 || last == whole)
            {
                if (first < last)
                    Merkle.NodeHash(sibling, inner, inner);
                Merkle.NodeHash(sibling, outer, outer);
                var rise = BitOperations.TrailingZeroCount(last);
                (first, last, whole) = (first >> rise, last >> rise, whole >> rise);
            }
            else
            {
                Merkle.NodeHash(outer, sibling, outer);
            }
            (first, last, whole) = (first >> 1, last >> 1, whole >> 1);
        }
        Require(whole == 0, "merkle.proof_length", "The proof ends below the root.");
        Require(inner.SequenceEqual(subtreeRoot), "merkle.root", "The proof leads to another root of the subtree.");
        Require(outer.SequenceEqual(root), "merkle.root", "The proof leads to another root.");
    }

    /// <summary>A subtree starts at a multiple of its size, rounded up to a power of two (draft §4.1).</summary>
    public static bool IsSubtree(long start, long end) =>
        start >= 0 && start < end && ((ulong)start & (BitOperations.RoundUpToPowerOf2((ulong)(end - start)) - 1)) == 0;

    /// <summary>Hashes that came one by one, as one proof.</summary>
    /// <exception cref="LedgerException"><c>merkle.hash_length</c></exception>
    public static byte[] Join(IReadOnlyCollection<byte[]> hashes)
    {
        var whole = hashes.All(hash => hash.Length == Merkle.HashSize);
        Require(whole, "merkle.hash_length", "The proof is not made of whole hashes.");
        return [.. hashes.SelectMany(hash => hash)];
    }

    private static void Require(bool condition, string code, string message)
    {
        if (!condition)
            throw new LedgerException(code, message);
    }
}
