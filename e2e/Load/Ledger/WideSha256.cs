using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Words = System.Runtime.Intrinsics.Vector512<uint>;

namespace MyData.Load.Ledger;

/// <summary>
/// SHA-256 and HMAC-SHA-256 (FIPS 180-4 §6.2, RFC 2104) of sixteen short messages at once, for who tries very many: a call of the library for each takes
/// longer than its hash. One word of all messages is one vector. Not for threads in common.
/// </summary>
internal sealed class WideSha256
{
    public const int Lanes = 16;

    /// <summary>Bytes of a message at most: one block with its padding.</summary>
    public const int LongestMessage = BlockBytes - 1 - sizeof(ulong);

    private const int BlockBytes = 64;
    private const int BlockWords = 16;
    private const int HashWords = 8;

    // FIPS 180-4 §5.3.3 and §4.2.2: the first 32 bits of the fractions of the square and the cube roots of the first primes.
    private static readonly uint[] Initial = [.. Primes().Take(HashWords).Select(p => Fraction(p, BigRoot.Square))];
    private static readonly uint[] Rounds = [.. Primes().Take(64).Select(p => Fraction(p, BigRoot.Cube))];

    private readonly Words[] _schedule = new Words[BlockWords];
    private readonly Words[] _block = new Words[BlockWords];
    private readonly uint[] _words = new uint[BlockWords * Lanes];
    private readonly Words[] _inner = new Words[HashWords];

    /// <summary>Eight words of sixteen hashes.</summary>
    public Words[] Hash { get; } = new Words[HashWords];

    /// <summary>Of the messages' blocks, padded: those of <see cref="Pad"/>, one after the other.</summary>
    public void HashOf(ReadOnlySpan<byte> blocks)
    {
        for (var lane = 0; lane < Lanes; lane++)
        for (var word = 0; word < BlockWords; word++)
            _words[(word * Lanes) + lane] = BinaryPrimitives.ReadUInt32BigEndian(
                blocks[((lane * BlockBytes) + (word * sizeof(uint)))..]
            );
        for (var word = 0; word < BlockWords; word++)
            _block[word] = Vector512.Create<uint>(_words.AsSpan(word * Lanes, Lanes));
        Begin(Hash);
        Compress(Hash, _block);
    }

    /// <summary>The same message under sixteen keys of 32 bytes; afterwards <see cref="Hash"/> has the codes.</summary>
    /// <param name="keys">eight words of each; may be <see cref="Hash"/></param>
    /// <param name="block">the message's block, padded as the second one</param>
    public void HmacOf(ReadOnlySpan<Words> keys, ReadOnlySpan<byte> block)
    {
        Span<Words> message = new Words[BlockWords];
        for (var word = 0; word < BlockWords; word++)
            message[word] = Vector512.Create(BinaryPrimitives.ReadUInt32BigEndian(block[(word * sizeof(uint))..]));
        Words[] own = [.. keys];
        Begin(_inner);
        Compress(_inner, Key(own, 0x36363636));
        Compress(_inner, message);
        Begin(Hash);
        Compress(Hash, Key(own, 0x5c5c5c5c));
        _inner.CopyTo(_block, 0);
        for (var word = HashWords; word < BlockWords; word++)
            _block[word] = Words.Zero;
        _block[HashWords] = Vector512.Create(0x80000000);
        _block[^1] = Vector512.Create((BlockBytes + (HashWords * sizeof(uint))) * 8u);
        Compress(Hash, _block);
    }

    /// <summary>The first sixteen bytes of one of the hashes.</summary>
    public UInt128 First(int lane) =>
        new(
            ((ulong)Hash[0].GetElement(lane) << 32) | Hash[1].GetElement(lane),
            ((ulong)Hash[2].GetElement(lane) << 32) | Hash[3].GetElement(lane)
        );

    /// <summary>A block of its own for a message of so many bytes, which stand in it from its beginning (FIPS 180-4 §5.1.1).</summary>
    /// <param name="before">blocks that are hashed before it</param>
    public static void Pad(Span<byte> block, int length, int before = 0)
    {
        if (length > LongestMessage)
            throw new ArgumentOutOfRangeException(nameof(length), length, "More than one block.");
        block[length..].Clear();
        block[length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(block[^sizeof(ulong)..], ((before * BlockBytes) + length) * 8L);
    }

    /// <summary>Room for the blocks of sixteen messages.</summary>
    public static byte[] NewBlocks() => new byte[Lanes * BlockBytes];

    /// <summary>The block of one of them.</summary>
    public static Span<byte> Block(byte[] blocks, int lane) => blocks.AsSpan(lane * BlockBytes, BlockBytes);

    private static void Begin(Words[] state)
    {
        for (var word = 0; word < HashWords; word++)
            state[word] = Vector512.Create(Initial[word]);
    }

    private Words[] Key(Words[] keys, uint mask)
    {
        for (var word = 0; word < BlockWords; word++)
            _block[word] = (word < HashWords ? keys[word] : Words.Zero) ^ Vector512.Create(mask);
        return _block;
    }

    private void Compress(Words[] state, ReadOnlySpan<Words> block)
    {
        var w = _schedule;
        block.CopyTo(w);
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var round = 0; round < Rounds.Length; round++)
        {
            var at = round & 15;
            if (round >= BlockWords)
            {
                var (early, late) = (w[(at + 1) & 15], w[(at + 14) & 15]);
                w[at] +=
                    (Right(early, 7) ^ Right(early, 18) ^ (early >>> 3))
                    + w[(at + 9) & 15]
                    + (Right(late, 17) ^ Right(late, 19) ^ (late >>> 10));
            }
            var one =
                h
                + (Right(e, 6) ^ Right(e, 11) ^ Right(e, 25))
                + Vector512.ConditionalSelect(e, f, g)
                + Vector512.Create(Rounds[round])
                + w[at];
            var two = (Right(a, 2) ^ Right(a, 13) ^ Right(a, 22)) + ((a & b) | (c & (a | b)));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + one, c, b, a, one + two);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private static Words Right(Words word, int bits) => (word >>> bits) | (word << (32 - bits));

    private static IEnumerable<int> Primes() =>
        Enumerable.Range(2, 400).Where(n => !Enumerable.Range(2, n - 2).Any(divisor => n % divisor == 0));

    private enum BigRoot
    {
        Square = 2,
        Cube = 3,
    }

    // The greatest r with r^n ≤ p · 2^(32 n); its low 32 bits are the fraction.
    private static uint Fraction(int prime, BigRoot root)
    {
        var (power, target) = ((int)root, new System.Numerics.BigInteger(prime) << (32 * (int)root));
        var found = System.Numerics.BigInteger.Zero;
        for (var bit = 36; bit >= 0; bit--)
        {
            var more = found | (System.Numerics.BigInteger.One << bit);
            if (System.Numerics.BigInteger.Pow(more, power) <= target)
                found = more;
        }
        return (uint)(found & uint.MaxValue);
    }
}
