using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>A log's files in memory, so that a test can bend them.</summary>
internal sealed class MemoryLog : ILogReader
{
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public int Reads { get; private set; }

    public ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct)
    {
        Reads++;
        return new(Files.GetValueOrDefault(path));
    }

    /// <summary>As strangers find it: signed by the log, and cosigned by as many witnesses.</summary>
    public static MemoryLog Published(int size, long first = 0, int witnesses = 3, Func<long, byte[]>? entry = null)
    {
        var log = new MemoryLog();
        entry ??= n => SampleRecords.Small(n).ToBytes();
        var entries = Enumerable.Range(0, size).Select(n => entry(first + n)).ToList();
        var edge = TreeEdge.Empty.Append(MerkleProofs.Join([.. entries.Select(e => Merkle.LeafHash(e))]));
        foreach (var tile in edge.Completed)
            log.Files[tile.Path.ToString()] = tile.Bytes().ToArray();
        foreach (var path in TreeEdge.Paths(size))
            log.Files[path.ToString()] = edge.Partial(path.Level)!.Bytes().ToArray();
        for (var at = 0; at < size; at += 256)
        {
            var path = new TilePath(TilePath.Entries, at / 256, Math.Min(256, size - at));
            var some = entries.GetRange(at, path.Width).Select(e => (ReadOnlyMemory<byte>)e);
            log.Files[path.ToString()] = EntryBundle.Write(some);
        }
        log.Files["checkpoint"] = LogHouse.Signed(size, edge.Root.Span, witnesses).ToBytes();
        return log;
    }
}
