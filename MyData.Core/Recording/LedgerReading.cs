using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// A log's published files (c2sp.org/tlog-tiles) as the database and the memory have them: what strangers read, and what our own audit
/// reads when it checks the rows.
/// </summary>
public sealed class LedgerReading(OpenLog log, IDbContextFactory<MyDataDb> databases) : ILogReader
{
    public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct)
    {
        if (log.Proven is not { } published)
            return null;
        if (path == ILogReader.Checkpoint)
            return published.Note.ToBytes();
        if (!TilePath.TryParse(path, out var tile))
            return null;
        if (tile.Level == TilePath.Entries)
            return await EntriesAsync(tile, published.Checkpoint.Size, ct);
        return (await log.Tree.ReadAsync(tile, ct))?.ToArray();
    }

    private async Task<byte[]?> EntriesAsync(TilePath path, long size, CancellationToken ct)
    {
        var end = path.Index <= size / Tile.FullWidth ? path.Index * Tile.FullWidth + path.Width : long.MaxValue;
        return end > size ? null : await databases.BundleAsync(log.Id, path.Index, path.Width, ct);
    }
}

internal static class Bundles
{
    /// <summary>The first entries of a bundle, from their rows.</summary>
    public static async Task<byte[]> BundleAsync(
        this IDbContextFactory<MyDataDb> databases,
        int logId,
        long number,
        int width,
        CancellationToken token
    )
    {
        var (from, to) = (number * Tile.FullWidth, number * Tile.FullWidth + width);
        await using var db = await databases.CreateDbContextAsync(token);
        var entries = await db.Set<LedgerEntryRow>()
            .Where(e => e.Log == logId && e.Index >= from && e.Index < to)
            .OrderBy(e => e.Index)
            .Select(e => e.Bytes)
            .ToListAsync(token);
        return EntryBundle.Write(entries.Select(entry => new ReadOnlyMemory<byte>(entry)));
    }
}
