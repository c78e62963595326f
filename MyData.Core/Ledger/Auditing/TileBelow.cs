namespace MyData.Core.Ledger;

/// <summary>A tile as the files below it say: the entries for level 0, full tiles for the others.</summary>
internal static class TileBelow
{
    /// <summary>Null where not all of those files are there and whole.</summary>
    public static async Task<Tile?> ReadAsync(ILogReader log, TilePath path, CancellationToken ct)
    {
        try
        {
            if (path.Level == 0)
                return FromEntries(path, await ReadBundleAsync(log, path with { Level = TilePath.Entries }, ct));
            var tile = new Tile(path.Level, path.Index);
            for (var i = 0; i < path.Width; i++)
            {
                var below = new TilePath(path.Level - 1, (path.Index << Tile.Height) + i);
                tile.Add((await log.ReadTileAsync(below, ct)).Root);
            }
            return tile;
        }
        catch (LedgerException)
        {
            return null;
        }
    }

    /// <summary>A bundle, or where a partial one has given way to the full one, that.</summary>
    public static async Task<byte[]?> ReadBundleAsync(ILogReader log, TilePath path, CancellationToken ct)
    {
        var bytes = await log.ReadAsync(path.ToString(), ct);
        return bytes is null && !path.IsFull
            ? await log.ReadAsync((path with { Width = Tile.FullWidth }).ToString(), ct)
            : bytes;
    }

    private static Tile? FromEntries(TilePath path, byte[]? bytes)
    {
        var tile = new Tile(path.Level, path.Index);
        var bundle = new EntryBundle(bytes);
        Span<byte> hash = stackalloc byte[Merkle.HashSize];
        while (tile.Width < path.Width && bundle.TryNext(out var entry))
        {
            Merkle.LeafHash(entry, hash);
            tile.Add(hash);
        }
        return tile.Width == path.Width ? tile : null;
    }
}
