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
}
