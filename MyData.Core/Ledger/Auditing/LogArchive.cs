using System.IO.Compression;

namespace MyData.Core.Ledger;

/// <summary>
/// A whole log as one ZIP (APPNOTE 6.3): the files of an export (<see cref="LogExport"/>) under their own paths. Written as it is read, so a
/// log of any size needs no room; verified by <see cref="LogAudit"/> over <see cref="LogZip"/>, with nothing taken out.
/// </summary>
public static class LogArchive
{
    /// <summary>The log as it is at its newest checkpoint.</summary>
    /// <param name="policy">whom to believe; stands in the archive</param>
    /// <exception cref="LedgerException">as <see cref="LogExport.RunAsync"/>; the archive then ends without its directory, and opens nowhere</exception>
    public static async Task WriteAsync(ILogReader log, ReadOnlyMemory<byte> policy, Stream to, CancellationToken ct)
    {
        var note =
            await log.ReadAsync(ILogReader.Checkpoint, ct)
            ?? throw new LedgerException("audit.checkpoint_missing", "The log has no checkpoint.");
        var size = Checkpoint.Parse(SignedNote.Parse(note).Text.Span).Size;
        var zip = await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct);
        await AddAsync(zip, ILogReader.Checkpoint, note, ct);
        await AddAsync(zip, ILogReader.Policy, policy, ct);
        foreach (var path in TreeEdge.Files(size))
            await AddAsync(zip, path.ToString(), await LogExport.FileAsync(log, path, ct), ct);
        // Only here: an archive that broke off must not look whole.
        await zip.DisposeAsync();
    }

    /// <summary>One file; hashes do not shrink, records do.</summary>
    public static async Task AddAsync(ZipArchive zip, string name, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var shrinks =
            !name.StartsWith("tile/", StringComparison.Ordinal)
            || name.StartsWith("tile/entries/", StringComparison.Ordinal);
        var entry = zip.CreateEntry(name, shrinks ? CompressionLevel.Fastest : CompressionLevel.NoCompression);
        await using var stream = await entry.OpenAsync(ct);
        await stream.WriteAsync(bytes, ct);
    }
}

/// <summary>The files of an archived log (<see cref="LogArchive"/>), read where they lie.</summary>
public sealed class LogZip(ZipArchive zip) : ILogReader
{
    // A bundle has 256 entries of 64 kB at most, each with its length.
    private const long Largest = 256L * (65_535 + 2);

    public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct)
    {
        if (path is not (ILogReader.Checkpoint or ILogReader.Policy) && !TilePath.TryParse(path, out _))
            return null;
        return zip.GetEntry(path) is { } entry ? await ReadAsync(entry, ct) : null;
    }

    /// <exception cref="LedgerException"><c>tile.size</c>: larger than anything that stands in a log</exception>
    public static async Task<byte[]> ReadAsync(ZipArchiveEntry entry, CancellationToken ct)
    {
        // What the archive says of a length is not believed either.
        await using var stream = await entry.OpenAsync(ct);
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0; )
        {
            if (bytes.Length + read > Largest)
                throw new LedgerException("tile.size", $"{entry.FullName} is larger than any file of a log.");
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }
}
