using System.Runtime.InteropServices;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A record that has its place, and is not stored yet.</summary>
/// <param name="EventId">none where another system recorded it</param>
internal sealed record NewEntry(Guid Id, long Index, byte[] Bytes, long? EventId, IReadOnlyList<byte[]> Tags);

/// <summary>The records of the batch that is under way: they are stored with its root, in one statement where the database has one.</summary>
internal sealed class NewEntries
{
    private readonly List<NewEntry> _all = [];
    private readonly List<byte> _hashes = [];
    private readonly Dictionary<Guid, NewEntry> _byId = [];

    public int Count => _all.Count;

    public IReadOnlyList<NewEntry> All => _all;

    /// <summary>Their leaf hashes, one after the other.</summary>
    public ReadOnlySpan<byte> Hashes => CollectionsMarshal.AsSpan(_hashes);

    public NewEntry? Find(Guid id) => _byId.GetValueOrDefault(id);

    public void Add(NewEntry entry)
    {
        Span<byte> hash = stackalloc byte[Merkle.HashSize];
        Merkle.LeafHash(entry.Bytes, hash);
        _byId.Add(entry.Id, entry);
        _all.Add(entry);
        _hashes.AddRange(hash);
    }

    /// <summary>Forgets those of a write that was undone.</summary>
    /// <param name="count">how many there were before it</param>
    public void UndoTo(int count)
    {
        for (var at = count; at < _all.Count; at++)
            _byId.Remove(_all[at].Id);
        _all.RemoveRange(count, _all.Count - count);
        _hashes.RemoveRange(count * Merkle.HashSize, _hashes.Count - count * Merkle.HashSize);
    }

    public void Clear() => UndoTo(0);
}
