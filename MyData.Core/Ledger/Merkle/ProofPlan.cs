using System.Numerics;

namespace MyData.Core.Ledger;

/// <summary>A perfect subtree: the 2^<paramref name="Height"/> leaves from <paramref name="Index"/> × 2^<paramref name="Height"/> on.</summary>
public readonly record struct TreeNode(int Height, long Index);

/// <summary>
/// Which hashes a proof is made of. Each is the root of a range of leaves; a range at the tree's right edge is no perfect subtree and is
/// folded from those that it consists of, the last two first.
/// </summary>
public sealed class ProofPlan
{
    private readonly List<(long Start, long End)> _ranges = [];

    private ProofPlan() { }

    /// <summary>The hashes in the order of the proof, each as its perfect subtrees from left to right.</summary>
    public IEnumerable<IReadOnlyList<TreeNode>> Hashes => _ranges.Select(range => Perfect(range.Start, range.End));

    /// <summary>PATH(index − start, D[start:end]), RFC 9162 §2.1.3.1.</summary>
    /// <exception cref="LedgerException"><c>merkle.range</c>, <c>merkle.index</c></exception>
    public static ProofPlan Inclusion(long index, long start, long end)
    {
        if (!MerkleProofs.IsSubtree(start, end))
            throw new LedgerException("merkle.range", "There is no such subtree.");
        if (index < start || index >= end)
            throw new LedgerException("merkle.index", "The index is outside the tree.");
        var plan = new ProofPlan();
        while (end - start > 1)
        {
            var middle = start + Split(end - start);
            plan._ranges.Add(index < middle ? (middle, end) : (start, middle));
            (start, end) = index < middle ? (start, middle) : (middle, end);
        }
        plan._ranges.Reverse();
        return plan;
    }

    /// <summary>
    /// SUBTREE_PROOF(start, end, D[0:size]) of the Merkle tree certificates draft §4.4.1; with <paramref name="start"/> 0 it is PROOF(end,
    /// D[0:size]) of RFC 9162 §2.1.4.1.
    /// </summary>
    /// <exception cref="LedgerException"><c>merkle.range</c></exception>
    public static ProofPlan Consistency(long start, long end, long size)
    {
        if (!MerkleProofs.IsSubtree(start, end) || end > size)
            throw new LedgerException("merkle.range", "There is no such subtree.");
        var plan = new ProofPlan();
        var (from, to, known) = (0L, size, true);
        while (from != start || to != end)
        {
            var middle = from + Split(to - from);
            if (end <= middle)
            {
                plan._ranges.Add((middle, to));
                to = middle;
                continue;
            }
            plan._ranges.Add((from, middle));
            // The subtree goes over the split, so what is left of it to the right is a root that the verifier does not have.
            (known, start) = (known && start >= middle, Math.Max(start, middle));
            from = middle;
        }
        if (!known)
            plan._ranges.Add((from, to));
        plan._ranges.Reverse();
        return plan;
    }

    /// <summary>The perfect subtrees that [start, end) consists of, from left to right. Start is a multiple of the largest.</summary>
    public static IReadOnlyList<TreeNode> Perfect(long start, long end)
    {
        var nodes = new List<TreeNode>();
        while (start < end)
        {
            var height = BitOperations.Log2((ulong)(end - start));
            nodes.Add(new TreeNode(height, start >> height));
            start += 1L << height;
        }
        return nodes;
    }

    /// <summary>The largest power of two smaller than <paramref name="size"/>.</summary>
    private static long Split(long size) => 1L << BitOperations.Log2((ulong)(size - 1));
}
