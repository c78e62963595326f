using System.Buffers.Binary;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>What is looked up in a witness's copy: a person's tag, or a record's own id.</summary>
public enum LookupKind
{
    Tag,
    Record,
}

/// <summary>16 bytes and what they are; ordered by the bytes.</summary>
internal readonly record struct LookupKey(UInt128 Bytes, LookupKind Kind)
{
    public static LookupKey OfTag(ReadOnlySpan<byte> tag) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(tag), LookupKind.Tag);

    public static LookupKey OfRecord(Guid id) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(id.ToByteArray(bigEndian: true)), LookupKind.Record);

    /// <summary>All keys of an entry; none of one that is no record.</summary>
    public static IEnumerable<LookupKey> Of(byte[] entry)
    {
        LedgerRecord record;
        try
        {
            record = LedgerRecord.Parse(entry);
        }
        catch (LedgerException)
        {
            return [];
        }
        return record.Tags.Select(tag => OfTag(tag)).Append(OfRecord(record.Id));
    }

    public int Order(LookupKey other) =>
        Bytes.CompareTo(other.Bytes) is var order && order != 0 ? order : Kind.CompareTo(other.Kind);
}

/// <summary>Where a key stands.</summary>
internal readonly record struct LookupRow(LookupKey Key, long Place)
{
    /// <summary>Key (16 bytes), then the place with the kind in its first bit (8), big-endian.</summary>
    public const int Size = 24;

    private const long KindBit = long.MinValue;

    public static LookupRow Read(ReadOnlySpan<byte> row)
    {
        var place = BinaryPrimitives.ReadInt64BigEndian(row[16..]);
        var kind = place < 0 ? LookupKind.Record : LookupKind.Tag;
        return new(new(BinaryPrimitives.ReadUInt128BigEndian(row), kind), place & ~KindBit);
    }

    public void Write(Span<byte> row)
    {
        BinaryPrimitives.WriteUInt128BigEndian(row, Key.Bytes);
        BinaryPrimitives.WriteInt64BigEndian(row[16..], Key.Kind == LookupKind.Record ? Place | KindBit : Place);
    }

    public static int Order(LookupRow one, LookupRow other) =>
        one.Key.Order(other.Key) is var order && order != 0 ? order : one.Place.CompareTo(other.Place);
}
