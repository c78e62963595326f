namespace MyData.Web.Features.Ledger;

/// <summary>
/// The way from a record up to the root, as points to draw: at each fork the node that the verifier computes, and the one whose hash stands
/// in the proof (RFC 9162 §2.1.3).
/// </summary>
public sealed class ProofPicture
{
    public const int Width = 700;
    private const int Top = 24;
    private const int Margin = 40;
    private const double Shrink = 0.74;
    private const double Widest = 150;

    private ProofPicture(IReadOnlyList<Fork> forks, int row) => (Forks, Height) = (forks, Top * 2 + forks.Count * row);

    /// <summary>From the root down; none where the tree is one record.</summary>
    public IReadOnlyList<Fork> Forks { get; }

    public int Height { get; }

    public (double X, double Y) Leaf => Forks is [.., var last] ? (last.PathX, last.Y) : (Width / 2.0, Top);

    public static ProofPicture Of(long index, long size)
    {
        var onTheLeft = Siblings(index, size);
        var row = onTheLeft.Count > 8 ? 40 : 54;
        var width = Math.Min(
            Widest,
            (Width / 2.0 - Margin) * (1 - Shrink) / (1 - Math.Pow(Shrink, Math.Max(1, onTheLeft.Count)))
        );
        var forks = new List<Fork>(onTheLeft.Count);
        var (x, y) = (Width / 2.0, (double)Top);
        foreach (var left in Enumerable.Reverse(onTheLeft))
        {
            var (path, sibling) = left ? (x + width, x - width) : (x - width, x + width);
            forks.Add(new Fork(x, y, path, sibling, y + row));
            (x, y, width) = (path, y + row, width * Shrink);
        }
        return new ProofPicture(forks, row);
    }

    // From the leaf up: whether the hash of the proof stands on the left. A last node without a neighbour rises as it is.
    private static List<bool> Siblings(long index, long size)
    {
        var sides = new List<bool>();
        for (var (node, last) = (index, size - 1); last > 0; node >>= 1, last >>= 1)
            if ((node & 1) == 1 || node < last)
                sides.Add((node & 1) == 1);
        return sides;
    }

    public readonly record struct Fork(double X, double ParentY, double PathX, double SiblingX, double Y);
}
