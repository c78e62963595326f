using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// The mark of one person in one record (ledger.md, "Tags"): HMAC-SHA-256(her key, log ‖ year ‖ counter), its first 16 bytes, where
/// <c>log</c> is the origin with its UTF-8 length before it in two bytes, <c>year</c> two bytes and <c>counter</c> eight, all
/// big-endian: no two inputs have one encoding. To a reader two tags of one person have nothing in common; who has the key computes them all.
/// </summary>
public static class PersonTag
{
    /// <summary>Bytes of a person's key in the vault.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of a tag.</summary>
    public const int Size = 16;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeySize);

    /// <param name="log">the origin of the log that the record goes into</param>
    /// <param name="year">of that log, 1 to 9999</param>
    /// <param name="counter">from 0, one more for each record of this person in this log and year</param>
    /// <exception cref="LedgerException"><c>tag.key</c>, <c>tag.log</c>, <c>tag.year</c>, <c>tag.counter</c></exception>
    public static byte[] Compute(ReadOnlySpan<byte> key, string log, int year, long counter)
    {
        Require(key.Length == KeySize, "tag.key", "A person's key has 32 bytes.");
        var origin = Encoding.UTF8.GetBytes(log);
        Require(origin.Length is > 0 and <= ushort.MaxValue, "tag.log", "The log has no origin, or a very long one.");
        Require(year is >= 1 and <= 9999, "tag.year", "There is no such year.");
        Require(counter >= 0, "tag.counter", "Counters start at 0.");
        Span<byte> input = new byte[sizeof(ushort) + origin.Length + sizeof(ushort) + sizeof(long)];
        BinaryPrimitives.WriteUInt16BigEndian(input, (ushort)origin.Length);
        origin.CopyTo(input[sizeof(ushort)..]);
        var rest = input[(sizeof(ushort) + origin.Length)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)year);
        BinaryPrimitives.WriteInt64BigEndian(rest[sizeof(ushort)..], counter);
        return HMACSHA256.HashData(key, input)[..Size];
    }

    private static void Require(bool condition, string code, string message)
    {
        if (!condition)
            throw new LedgerException(code, message);
    }
}
