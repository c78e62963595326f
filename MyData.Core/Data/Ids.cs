using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MyData.Core.Data;

/// <summary>
/// Row ids: UUID version 7 (RFC 9562 §5.7) with a counter in <c>rand_a</c> (§6.2, method 1), so that this process never makes
/// one that sorts before an earlier one, not even within a millisecond: pages of a list go by the id alone.
/// </summary>
public static class Ids
{
    private const int CounterLimit = 1 << 12;

    /// <summary>Half of the counter's range: the other half is for the ids of the same millisecond.</summary>
    private const int FirstCounterLimit = CounterLimit / 2;

    private static readonly Lock Gate = new();
    private static long _millisecond;
    private static int _counter;

    public static Guid New()
    {
        var (millisecond, counter) = Next(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, millisecond << 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | counter));
        RandomNumberGenerator.Fill(bytes[8..]);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    // A clock that stands still or goes back counts on, into the next millisecond where one is full.
    private static (long Millisecond, int Counter) Next(long now)
    {
        lock (Gate)
        {
            if (now <= _millisecond && ++_counter < CounterLimit)
                return (_millisecond, _counter);
            _millisecond = Math.Max(now, _millisecond + 1);
            _counter = RandomNumberGenerator.GetInt32(FirstCounterLimit);
            return (_millisecond, _counter);
        }
    }
}

public static class Times
{
    /// <summary>Cuts to whole milliseconds, what the database keeps, so that a stored time equals the one in memory.</summary>
    public static DateTimeOffset TrimToMilliseconds(this DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
