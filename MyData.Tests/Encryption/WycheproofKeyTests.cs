using System.Security.Cryptography;
using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>Wycheproof's vectors of key agreement, signatures and RSA encryption, against the code that uses them (R06).</summary>
public sealed class WycheproofKeyTests
{
    [Fact]
    public void EcdhWebcrypto_EveryCase_AsListed()
    {
        var valid = 0;
        Wycheproof.Each(
            Wycheproof.Load("ecdh_secp256r1_webcrypto"),
            c =>
            {
                byte[] Agree() =>
                    Shared(Jwk.Parse(c.Test.GetProperty("private")), Jwk.Parse(c.Test.GetProperty("public")));
                if (!c.IsValid)
                {
                    Assert.StartsWith("jwk.", Wycheproof.Refusal(() => Agree())?.Code, StringComparison.Ordinal);
                    return;
                }
                valid++;
                Assert.Equal(c.Hex("shared"), Agree());
            }
        );
        Assert.Equal(330, valid);
    }

    /// <summary>A compressed point, listed as acceptable, does not occur in JOSE.</summary>
    [Fact]
    public void EcdhEcPoint_EveryCase_AsListed()
    {
        var valid = 0;
        Wycheproof.Each(
            Wycheproof.Load("ecdh_secp256r1_ecpoint"),
            c =>
            {
                var point = c.Hex("public");
                if (point.Length != 65 || point[0] != 4)
                {
                    Assert.False(c.IsValid);
                    return;
                }
                byte[] Agree()
                {
                    using var own = ECDiffieHellman.Create(
                        new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Scalar(c.Hex("private")) }
                    );
                    return Shared(Jwk.From(own, includePrivate: true), Jwk.From(Point(point)));
                }
                if (!c.IsValid)
                {
                    Assert.Equal("jwk.invalid", Wycheproof.Refusal(() => Agree())?.Code);
                    return;
                }
                valid++;
                Assert.Equal(c.Hex("shared"), Agree());
            }
        );
        Assert.Equal(330, valid);
    }

    [Theory]
    [InlineData("ecdsa_secp256r1_sha256_p1363", "ES256", 173)]
    [InlineData("rsa_pss_2048_sha256_mgf1_32", "PS256", 63)]
    [InlineData("rsa_pss_3072_sha256_mgf1_32", "PS256", 63)]
    [InlineData("rsa_signature_2048_sha256", "RS256", 7)]
    [InlineData("rsa_signature_3072_sha256", "RS256", 7)]
    [InlineData("rsa_signature_4096_sha256", "RS256", 7)]
    public void Signature_EveryCase_AsListed(string file, string alg, int expectedValid)
    {
        var keys = new Dictionary<string, Jwk?>(StringComparer.Ordinal);
        var valid = 0;
        Wycheproof.Each(
            Wycheproof.Load(file),
            c =>
            {
                if (KeyOf(c, alg, keys) is not { } key)
                {
                    Assert.Equal("03", c.Group.GetProperty("publicKey").GetProperty("publicExponent").GetString());
                    return;
                }
                // "acceptable" leaves out a NULL that RFC 8017 wants: refused.
                Assert.Equal(c.IsValid, SignatureAlgs.Verify(key, alg, c.Hex("msg"), c.Hex("sig")));
                valid += c.IsValid ? 1 : 0;
            }
        );
        Assert.Equal(expectedValid, valid);
    }

    /// <summary>Cases with a label, which JOSE does not have, must not open.</summary>
    [Theory]
    [InlineData("rsa_oaep_2048_sha256_mgf1sha256")]
    [InlineData("rsa_oaep_3072_sha256_mgf1sha256")]
    public void RsaOaep_EveryCase_AsListed(string file)
    {
        var valid = 0;
        var cases = Wycheproof.Load(file);
        var key = Jwk.Parse(cases[0].Group.GetProperty("privateKeyJwk"));
        Wycheproof.Each(
            cases,
            c =>
            {
                byte[] Open() => KeyManagement.Unwrap("RSA-OAEP-256", JoseHeader.Unprotected(), key, c.Hex("ct"));
                if (!c.IsValid || c.Hex("label").Length > 0)
                {
                    Assert.Equal("jose.decrypt", Wycheproof.Refusal(() => Open())?.Code);
                    return;
                }
                valid++;
                Assert.Equal(c.Hex("msg"), Open());
            }
        );
        Assert.Equal(10, valid);
    }

    private static Jwk? KeyOf(WycheproofCase one, string alg, Dictionary<string, Jwk?> keys)
    {
        var der = one.Group.GetProperty("publicKeyDer").GetString()!;
        if (keys.TryGetValue(der, out var known))
            return known;
        var spki = Convert.FromHexString(der);
        Jwk? key = null;
        if (alg == "ES256")
        {
            using var ec = ECDsa.Create();
            ec.ImportSubjectPublicKeyInfo(spki, out _);
            key = Jwk.From(ec);
        }
        else
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(spki, out _);
            var refusal = Wycheproof.Refusal(() => key = Jwk.From(rsa));
            Assert.Equal(key is null ? "jwk.rsa_exponent" : null, refusal?.Code);
        }
        return keys[der] = key;
    }

    private static byte[] Shared(Jwk own, Jwk other)
    {
        using var mine = own.ToECDiffieHellman();
        using var theirs = other.ToECDiffieHellman();
        return mine.DeriveRawSecretAgreement(theirs.PublicKey);
    }

    private static ECParameters Point(byte[] uncompressed) =>
        new()
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = uncompressed[1..33], Y = uncompressed[33..] },
        };

    /// <summary>Listed as an integer, with leading zeros or without.</summary>
    private static byte[] Scalar(byte[] number)
    {
        var scalar = new byte[32];
        var significant = number.AsSpan().TrimStart((byte)0);
        significant.CopyTo(scalar.AsSpan(32 - significant.Length));
        return scalar;
    }
}
