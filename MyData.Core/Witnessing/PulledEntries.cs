using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>The entries that a plain <c>add-checkpoint</c> does not bring along.</summary>
internal static class PulledEntries
{
    // What a log that is behind a plain add-checkpoint may be ahead.
    private const long Most = 64 * 1024;

    /// <summary>Those from one place to another, as a bundle; null where they are not all to be had.</summary>
    /// <exception cref="HttpRequestException">the site does not answer</exception>
    /// <exception cref="LedgerException"><c>bundle.length</c></exception>
    public static async Task<byte[]?> ReadAsync(ILogReader from, long at, long size, CancellationToken token)
    {
        if (size - at > Most)
            return null;
        var entries = new List<ReadOnlyMemory<byte>>();
        while (at < size)
        {
            var (number, skip) = (at / Tile.FullWidth, (int)(at % Tile.FullWidth));
            var width = (int)Math.Min(Tile.FullWidth, size - number * Tile.FullWidth);
            var bytes = await TileBelow.ReadBundleAsync(from, new TilePath(TilePath.Entries, number, width), token);
            if (bytes is null)
                return null;
            var taken = Pick(bytes, skip, width);
            if (taken.Count != width - skip)
                return null;
            entries.AddRange(taken);
            at += taken.Count;
        }
        return EntryBundle.Write(entries);
    }

    private static List<ReadOnlyMemory<byte>> Pick(byte[] bytes, int skip, int width)
    {
        var picked = new List<ReadOnlyMemory<byte>>();
        var bundle = new EntryBundle(bytes);
        for (var at = 0; at < width && bundle.TryNext(out var entry); at++)
        {
            if (at >= skip)
                picked.Add(entry.ToArray());
        }
        return picked;
    }
}
