using System.Security.Cryptography;
using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>A log whose records are each about one person or more, and what a reader should find of it.</summary>
internal sealed class TaggedLog
{
    private readonly Dictionary<string, long> _places = new(StringComparer.Ordinal);
    private readonly List<LedgerRecord> _records = [];

    public GrowingLog Log { get; } = new();

    public IReadOnlyList<LedgerRecord> Records => _records;

    /// <summary>All tags, with their places.</summary>
    public IEnumerable<(byte[] Tag, long Place)> Tags =>
        _places.Select(one => (Convert.FromHexString(one.Key), one.Value));

    public TaggedLog Grow(int count, int persons = 1)
    {
        var more = new List<byte[]>(count);
        for (var n = 0; n < count; n++)
        {
            var tags = Enumerable.Range(0, persons).Select(_ => RandomNumberGenerator.GetBytes(PersonTag.Size));
            var record = SampleRecords.Small(_records.Count) with { Persons = persons, Tags = [.. tags] };
            foreach (var tag in record.Tags)
                _places.Add(Convert.ToHexString(tag), _records.Count);
            _records.Add(record);
            more.Add(record.ToBytes());
        }
        Log.Grow(more);
        return this;
    }

    /// <summary>Hands the witness all that it lacks, as the portal does.</summary>
    public async Task BringAsync(RunningWitness witness, long from)
    {
        while (from < Log.Size)
        {
            var to = Math.Min(Log.Size, from + AddEntries.MaxEntries);
            var (status, _, _) = await witness.AddAsync(await Log.AddAsync(from, to), Log.Bundle(from, to));
            Assert.Equal(200, status);
            from = to;
        }
    }
}
