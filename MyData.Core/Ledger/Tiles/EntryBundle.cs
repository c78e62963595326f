using System.Buffers.Binary;

namespace MyData.Core.Ledger;

/// <summary>
/// Up to 256 entries as one file: each with its length before it, two bytes, big-endian (c2sp.org/tlog-tiles, "Log entries"). Reads them
/// in place; nothing is copied.
/// </summary>
public ref struct EntryBundle(ReadOnlySpan<byte> bytes)
{
    /// <summary>Bytes of the longest entry.</summary>
    public const int MaxEntry = ushort.MaxValue;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The next entry; false at the end.</summary>
    /// <exception cref="LedgerException"><c>bundle.length</c></exception>
    public bool TryNext(out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (_rest.IsEmpty)
            return false;
        var length = _rest.Length < sizeof(ushort) ? -1 : BinaryPrimitives.ReadUInt16BigEndian(_rest);
        if (length < 0 || length > _rest.Length - sizeof(ushort))
            throw new LedgerException("bundle.length", "The bundle ends inside an entry.");
        entry = _rest.Slice(sizeof(ushort), length);
        _rest = _rest[(sizeof(ushort) + length)..];
        return true;
    }

    /// <exception cref="LedgerException"><c>bundle.length</c>: an entry longer than <see cref="MaxEntry"/></exception>
    public static byte[] Write(IEnumerable<ReadOnlyMemory<byte>> entries)
    {
        var bundle = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        foreach (var entry in entries)
        {
            if (entry.Length > MaxEntry)
                throw new LedgerException("bundle.length", $"An entry has {entry.Length} bytes.");
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)entry.Length);
            bundle.Write(length);
            bundle.Write(entry.Span);
        }
        return bundle.ToArray();
    }
}
