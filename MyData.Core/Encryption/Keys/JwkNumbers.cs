using System.Numerics;
using System.Security.Cryptography;

namespace MyData.Core.Encryption;

/// <summary>What a key is made of, checked: exactly one of the three is set.</summary>
internal sealed record JwkNumbers
{
    /// <summary>RFC 7518 §6.2.1.2: a coordinate on P-256 always has 32 octets.</summary>
    private const int CoordinateBytes = 32;

    private static readonly BigInteger P = Hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly BigInteger N = Hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    private static readonly BigInteger B = Hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

    private JwkNumbers() { }

    public ECParameters? Ec { get; private init; }
    public RSAParameters? Rsa { get; private init; }
    public byte[]? Secret { get; private init; }

    public string Kty =>
        Ec is not null ? "EC"
        : Rsa is not null ? "RSA"
        : "oct";
    public bool IsPrivate => Secret is not null || Ec?.D is not null || Rsa?.D is not null;

    public static JwkNumbers Of(ECParameters ec)
    {
        // Wycheproof (ecdh, ecdsa): parameters that look like P-256 but are not, give the private key away.
        if (!ec.Curve.IsNamed)
            throw new EncryptionException("jwk.crv_explicit", "Explicit curve parameters are refused.");
        if (!IsP256(ec.Curve.Oid))
            throw new EncryptionException("jwk.crv_refused", "Only the curve P-256 is used here.");
        if (ec.Q.X is not { Length: CoordinateBytes } || ec.Q.Y is not { Length: CoordinateBytes })
            throw Invalid("A coordinate on P-256 has 32 octets.");
        if (ec.D is not null && (ec.D.Length != CoordinateBytes || !InRange(ec.D)))
            throw Invalid("The private number is out of range.");
        if (!OnCurve(Number(ec.Q.X), Number(ec.Q.Y)))
            throw Invalid("The point is not on P-256.");
        return new() { Ec = ec with { Curve = ECCurve.NamedCurves.nistP256 } };
    }

    public static JwkNumbers Of(RSAParameters rsa)
    {
        if (rsa.Modulus is null || rsa.Exponent is null)
            throw Invalid("An RSA key needs n and e.");
        RsaKeyGate.Check(rsa.Modulus, rsa.Exponent);
        if (
            rsa.D is not null
            && (rsa.P is null || rsa.Q is null || rsa.DP is null || rsa.DQ is null || rsa.InverseQ is null)
        )
            throw Invalid("A private RSA key needs all of d, p, q, dp, dq, qi.");
        if (rsa.D is not null && Number(rsa.P!) * Number(rsa.Q!) != Number(rsa.Modulus))
            throw Invalid("p and q do not give n.");
        return new() { Rsa = rsa.D is null ? rsa : Padded(rsa) };
    }

    public static JwkNumbers OfSecret(byte[] secret)
    {
        if (secret.Length == 0)
            throw Invalid("The key is empty.");
        return new() { Secret = secret };
    }

    public JwkNumbers PublicOnly()
    {
        if (Ec is { } ec)
            return new() { Ec = ec with { D = null } };
        if (Rsa is { } rsa)
            return new()
            {
                Rsa = new RSAParameters { Modulus = rsa.Modulus, Exponent = rsa.Exponent },
            };
        throw new InvalidOperationException("An oct key has no public part.");
    }

    /// <summary>RFC 7638 §3.2: the required members in lexicographic order, without white space.</summary>
    public string ThumbprintInput()
    {
        if (Ec is { } ec)
            return $$"""{"crv":"P-256","kty":"EC","x":"{{Base64UrlText.Encode(ec.Q.X)}}","y":"{{Base64UrlText.Encode(ec.Q.Y)}}"}""";
        if (Rsa is { } rsa)
            return $$"""{"e":"{{Base64UrlText.Encode(rsa.Exponent)}}","kty":"RSA","n":"{{Base64UrlText.Encode(rsa.Modulus)}}"}""";
        return $$"""{"k":"{{Base64UrlText.Encode(Secret)}}","kty":"oct"}""";
    }

    /// <summary>A JWK leaves leading zero octets out (RFC 7518 §2), the framework wants them.</summary>
    private static RSAParameters Padded(RSAParameters rsa)
    {
        var half = (rsa.Modulus!.Length + 1) / 2;
        rsa.D = Padded(rsa.D!, rsa.Modulus.Length);
        rsa.P = Padded(rsa.P!, half);
        rsa.Q = Padded(rsa.Q!, half);
        rsa.DP = Padded(rsa.DP!, half);
        rsa.DQ = Padded(rsa.DQ!, half);
        rsa.InverseQ = Padded(rsa.InverseQ!, half);
        return rsa;
    }

    private static byte[] Padded(byte[] number, int length)
    {
        if (number.Length > length)
            throw Invalid("A private number of the RSA key is too long.");
        var padded = new byte[length];
        number.CopyTo(padded, length - number.Length);
        return padded;
    }

    /// <summary>By OID where the platform gives one, else by one of the names that platforms use.</summary>
    private static bool IsP256(Oid oid) =>
        oid.Value is not null
            ? string.Equals(oid.Value, "1.2.840.10045.3.1.7", StringComparison.Ordinal)
            : oid.FriendlyName is "nistP256" or "ECDSA_P256" or "ECDH_P256";

    /// <summary>SEC 1 §3.2.2.1: y² = x³ − 3x + b, both below p. P-256 has cofactor 1, so the point is in the group.</summary>
    private static bool OnCurve(BigInteger x, BigInteger y) =>
        x < P && y < P && (BigInteger.ModPow(y, 2, P) - BigInteger.ModPow(x, 3, P) + (3 * x) - B) % P == 0;

    private static bool InRange(byte[] d) => Number(d) is var number && number > 0 && number < N;

    private static BigInteger Number(byte[] bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);

    private static BigInteger Hex(string hex) => Number(Convert.FromHexString(hex));

    private static EncryptionException Invalid(string message) => new("jwk.invalid", message);
}

/// <summary>What a key says of itself (RFC 7517 §4.2 to §4.5), and from when until when it signs.</summary>
internal sealed record JwkLabels(string? Kid, string? Alg, string? Use, IReadOnlyList<string>? KeyOps)
{
    public DateTimeOffset? NotBefore { get; init; }
    public DateTimeOffset? Expires { get; init; }
}
