using System.Numerics;

namespace MyData.Core.Encryption;

/// <summary>
/// RSA public keys that must not be trusted whoever signed them (security.md R05): too short or too long, an exponent below 65537 or
/// even, small factors, primes too close together, and the ROCA fingerprint (CVE-2017-15361). Keys that share a prime with another
/// key show only beside that other key, so that check belongs to whoever keeps the register.
/// </summary>
public static class RsaKeyGate
{
    public const int MinimumBits = 2048;

    /// <summary>Above this a verification costs milliseconds, which a stranger could make us spend.</summary>
    public const int MaximumBits = 8192;

    private static readonly int[] Primes =
    [
        3,
        5,
        7,
        11,
        13,
        17,
        19,
        23,
        29,
        31,
        37,
        41,
        43,
        47,
        53,
        59,
        61,
        67,
        71,
        73,
        79,
        83,
        89,
        97,
        101,
        103,
        107,
        109,
        113,
        127,
        131,
        137,
        139,
        149,
        151,
        157,
        163,
        167,
    ];

    /// <summary>For each prime, which remainders a power of 65537 can leave: primes of the broken generator are such powers.</summary>
    private static readonly bool[][] RocaRemainders = Array.ConvertAll(Primes, PowersOf65537);

    /// <param name="modulus">big-endian, unsigned</param>
    /// <param name="exponent">big-endian, unsigned</param>
    /// <exception cref="EncryptionException"><c>jwk.rsa_size</c>, <c>jwk.rsa_exponent</c>, <c>jwk.rsa_weak</c>, <c>jwk.rsa_roca</c></exception>
    public static void Check(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        var n = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        var e = new BigInteger(exponent, isUnsigned: true, isBigEndian: true);
        if (n.GetBitLength() is < MinimumBits or > MaximumBits)
            throw new EncryptionException("jwk.rsa_size", $"RSA keys have {MinimumBits} to {MaximumBits} bits.");
        if (e < 65537 || e.IsEven || e.GetBitLength() > 32)
            throw new EncryptionException("jwk.rsa_exponent", "The RSA exponent is odd, from 65537 to 32 bits.");
        if (n.IsEven || Array.Exists(Primes, p => n % p == 0) || PrimesAreClose(n))
            throw new EncryptionException("jwk.rsa_weak", "The RSA modulus can be factored.");
        if (IsRoca(n))
            throw new EncryptionException("jwk.rsa_roca", "The RSA key carries the ROCA fingerprint.");
    }

    /// <summary>Less than one sound key in 100 million carries it by chance.</summary>
    private static bool IsRoca(BigInteger n)
    {
        for (var i = 0; i < Primes.Length; i++)
        {
            if (!RocaRemainders[i][(int)(n % Primes[i])])
                return false;
        }
        return true;
    }

    /// <summary>Fermat's method, 64 steps: finds |p − q| up to about 2^(bits/4 + 4).</summary>
    private static bool PrimesAreClose(BigInteger n)
    {
        var a = Root(n);
        if (a * a < n)
            a++;
        for (var step = 0; step < 64; step++, a++)
        {
            var rest = (a * a) - n;
            if (MaySquare(rest) && Root(rest) is var root && root * root == rest)
                return true;
        }
        return false;
    }

    /// <summary>
    /// Squares leave 0, 1, 4, 9, 16, 17, 25, 33, 36, 41, 49 or 57 modulo 64, and few remainders modulo odd primes: all but one candidate in a
    /// hundred go here, without a root.
    /// </summary>
    private static bool MaySquare(BigInteger number)
    {
        if (((0x0202021202030213UL >> (int)(number & 63)) & 1) == 0)
            return false;
        var small = (int)(number % (7 * 11 * 13 * 17 * 19));
        return IsSquareModulo(small, 7)
            && IsSquareModulo(small, 11)
            && IsSquareModulo(small, 13)
            && IsSquareModulo(small, 17)
            && IsSquareModulo(small, 19);
    }

    private static bool IsSquareModulo(int number, int prime)
    {
        for (var root = 0; root <= prime / 2; root++)
        {
            if (root * root % prime == number % prime)
                return true;
        }
        return false;
    }

    /// <summary>Newton's integer square root, rounded down.</summary>
    private static BigInteger Root(BigInteger n)
    {
        if (n.IsZero)
            return n;
        var x = BigInteger.One << (int)((n.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (x + (n / x)) >> 1;
            if (next >= x)
                return x;
            x = next;
        }
    }

    private static bool[] PowersOf65537(int prime)
    {
        var seen = new bool[prime];
        for (var power = 1; !seen[power]; power = (int)(power * 65537L % prime))
            seen[power] = true;
        return seen;
    }
}
