namespace MyData.Core.Ledger;

/// <summary>Where a tile or bundle that is wrong first differs from the right one.</summary>
public static class Differences
{
    /// <summary>Bytes of evidence that are kept beside the file itself: a whole tile, or the entry that differs.</summary>
    public const int MostBytes = 8 * 1024;

    /// <returns>the first record concerned, and the bytes that stood there; those may be null where the file was gone</returns>
    public static (long Index, byte[]? Wrong) Of(TilePath path, byte[]? wrong, ReadOnlySpan<byte> right)
    {
        var first = LogAudit.FirstIndex(path);
        if (wrong is null)
            return (first, null);
        if (path.Level == TilePath.Entries)
            return OfBundle(first, wrong, right);
        var at = wrong.AsSpan().CommonPrefixLength(right) / Merkle.HashSize;
        return (first + ((long)Math.Min(at, Tile.FullWidth - 1) << (Tile.Height * path.Level)), Short(wrong));
    }

    private static (long Index, byte[]? Wrong) OfBundle(long first, byte[] wrong, ReadOnlySpan<byte> right)
    {
        var stood = new EntryBundle(wrong);
        var belongs = new EntryBundle(right);
        var at = first;
        try
        {
            for (; belongs.TryNext(out var good); at++)
            {
                if (!stood.TryNext(out var bad))
                    return (at, null);
                if (!bad.SequenceEqual(good))
                    return (at, Short(bad));
            }
            return (at - 1, Short(wrong));
        }
        catch (LedgerException)
        {
            // A length is wrong: from there on nothing can be told apart.
            return (at, Short(wrong.AsSpan(wrong.AsSpan().CommonPrefixLength(right))));
        }
    }

    private static byte[] Short(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, MostBytes)].ToArray();
}
