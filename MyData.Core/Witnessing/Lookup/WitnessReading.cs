using System.Collections.Concurrent;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>What a witness answers from its copies beside their files: proofs, records, and where tags and ids stand.</summary>
public sealed class WitnessReading(Witness witness)
{
    private readonly ConcurrentDictionary<string, CopyLookup> _lookups = new(StringComparer.Ordinal);

    /// <summary>A copy as far as this witness has cosigned it; null where it has none.</summary>
    public CopyReading? Find(string origin) =>
        witness.Find(origin) is { Now: (var held, { } cosigned), Cosigned: { } note }
            ? new CopyReading(Lookup(origin), held, note, cosigned)
            : null;

    /// <summary>The log of a year beside the first one of the settings, under the same key and name.</summary>
    public string? OriginOf(int year) => witness.OriginOf(year);

    /// <summary>Takes what is new into the indexes.</summary>
    /// <exception cref="LedgerException"><c>witness.damaged</c></exception>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public async Task KeepUpAsync(CancellationToken token)
    {
        foreach (var (origin, _) in witness.Logs)
        {
            if (witness.Find(origin) is not null)
                await Lookup(origin).KeepUpAsync(token);
        }
    }

    private CopyLookup Lookup(string origin) => _lookups.GetOrAdd(origin, name => new CopyLookup(witness.Find(name)!));
}

/// <summary>One copy at one size.</summary>
public sealed class CopyReading
{
    private readonly CopyLookup _lookup;
    private readonly HeldLog _held;

    internal CopyReading(CopyLookup lookup, HeldLog held, SignedNote note, Checkpoint checkpoint) =>
        (_lookup, _held, Note, Checkpoint) = (lookup, held, note, checkpoint);

    /// <summary>With the log's signature and this witness's.</summary>
    public SignedNote Note { get; }

    public Checkpoint Checkpoint { get; }

    public long Size => Checkpoint.Size;

    /// <exception cref="LedgerException"><c>merkle.index</c>, <c>merkle.range</c>; those of tiles that are damaged</exception>
    public ValueTask<byte[]> InclusionAsync(long index, long size, CancellationToken token) =>
        _held.Tree.InclusionAsync(index, size, token);

    /// <exception cref="LedgerException"><c>merkle.range</c>; those of tiles that are damaged</exception>
    public ValueTask<byte[]> ConsistencyAsync(long from, long to, CancellationToken token) =>
        _held.Tree.ConsistencyAsync(from, to, token);

    /// <summary>The entries at these places, those that are there, in order.</summary>
    public IReadOnlyList<(long Index, byte[] Entry)> At(IReadOnlyCollection<long> places)
    {
        var found = new List<(long, byte[])>(places.Count);
        foreach (var bundle in places.Where(at => at >= 0 && at < Size).Order().GroupBy(at => at / Tile.FullWidth))
        {
            var width = (int)Math.Min(Tile.FullWidth, Size - bundle.Key * Tile.FullWidth);
            var entries = _held.Entries(bundle.Key, width) ?? [];
            foreach (var at in bundle.Where(at => at % Tile.FullWidth < entries.Count))
                found.Add((at, entries[(int)(at % Tile.FullWidth)]));
        }
        return found;
    }

    /// <summary>The place of each tag, −1 for one that this copy does not have; null while its index is behind.</summary>
    /// <param name="tags">16 bytes each</param>
    public ValueTask<long[]?> TagsAsync(IEnumerable<byte[]> tags, CancellationToken token) =>
        _lookup.FindAsync([.. tags.Select(tag => LookupKey.OfTag(tag))], Size, token);

    /// <summary>The place of a record by its own id, −1 where there is none; null while the index is behind.</summary>
    public async ValueTask<long?> RecordAsync(Guid id, CancellationToken token) =>
        (await _lookup.FindAsync([LookupKey.OfRecord(id)], Size, token))?[0];
}
