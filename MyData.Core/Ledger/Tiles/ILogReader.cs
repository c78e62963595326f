namespace MyData.Core.Ledger;

/// <summary>A log's published files: a folder, an export, or a site (c2sp.org/tlog-tiles, "APIs"). Nothing that it gives is trusted.</summary>
public interface ILogReader
{
    /// <summary>The path of the newest checkpoint.</summary>
    const string Checkpoint = "checkpoint";

    /// <summary>The path of what the log says about whom to believe (c2sp.org/tlog-policy).</summary>
    const string Policy = "policy";

    /// <param name="path">such as <c>checkpoint</c> or <c>tile/0/000</c></param>
    /// <returns>null where there is no such file</returns>
    ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct);

    /// <exception cref="LedgerException"><c>tile.missing</c>, <c>tile.size</c></exception>
    async ValueTask<Tile> ReadTileAsync(TilePath path, CancellationToken ct)
    {
        var name = path.ToString();
        var bytes = await ReadAsync(name, ct) ?? throw new LedgerException("tile.missing", $"{name} is not there.");
        return Tile.From(path, bytes);
    }
}
