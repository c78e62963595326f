using System.Security.Cryptography;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>Wycheproof's vectors of the ciphers and derivations that we use, against the code that uses them (R06).</summary>
public sealed class WycheproofCipherTests
{
    /// <summary>Ours is a key of 256 bits with an IV of 96; the other sizes are refused, valid or not.</summary>
    [Fact]
    public void AesGcm_EveryCase_AsListedOrRefusedBySize()
    {
        var ours = 0;
        Wycheproof.Each(
            Wycheproof.Load("aes_gcm"),
            c =>
            {
                var opened = ContentCipher.Decrypt(
                    "A256GCM",
                    c.Hex("key"),
                    c.Hex("iv"),
                    c.Hex("ct"),
                    c.Hex("tag"),
                    c.Hex("aad")
                );
                if (c.Hex("key").Length != 32 || c.Hex("iv").Length != 12)
                {
                    Assert.Null(opened);
                    return;
                }
                ours++;
                Assert.Equal(c.IsValid ? c.Hex("msg") : null, opened);
                if (!c.IsValid)
                    return;
                var (cipherText, tag) = ContentCipher.Encrypt(
                    "A256GCM",
                    c.Hex("key"),
                    c.Hex("iv"),
                    c.Hex("msg"),
                    c.Hex("aad")
                );
                Assert.Equal(c.Hex("ct"), cipherText);
                Assert.Equal(c.Hex("tag"), tag);
            }
        );
        Assert.Equal(66, ours);
    }

    [Fact]
    public void A256CbcHs512_EveryCase_AsListed()
    {
        var valid = 0;
        Wycheproof.Each(
            Wycheproof.Load("a256cbc_hs512"),
            c =>
            {
                var opened = ContentCipher.Decrypt(
                    "A256CBC-HS512",
                    c.Hex("key"),
                    c.Hex("iv"),
                    c.Hex("ct"),
                    c.Hex("tag"),
                    c.Hex("aad")
                );
                Assert.Equal(c.IsValid ? c.Hex("msg") : null, opened);
                if (!c.IsValid)
                    return;
                valid++;
                var (cipherText, tag) = ContentCipher.Encrypt(
                    "A256CBC-HS512",
                    c.Hex("key"),
                    c.Hex("iv"),
                    c.Hex("msg"),
                    c.Hex("aad")
                );
                Assert.Equal(c.Hex("ct"), cipherText);
                Assert.Equal(c.Hex("tag"), tag);
            }
        );
        Assert.Equal(67, valid);
    }

    /// <summary>The "acceptable" cases wrap 8 bytes, which RFC 3394 does not define: refused.</summary>
    [Fact]
    public void AesKeyWrap_EveryCase_AsListed()
    {
        var valid = 0;
        Wycheproof.Each(
            Wycheproof.Load("aes_wrap"),
            c =>
            {
                Assert.Equal(c.IsValid ? c.Hex("msg") : null, AesKeyWrap.Unwrap(c.Hex("key"), c.Hex("ct")));
                if (!c.IsValid)
                    return;
                valid++;
                Assert.Equal(c.Hex("ct"), AesKeyWrap.Wrap(c.Hex("key"), c.Hex("msg")));
            }
        );
        Assert.Equal(36, valid);
    }

    [Fact]
    public void Hkdf_EveryCase_AsListed()
    {
        var valid = 0;
        Wycheproof.Each(
            Wycheproof.Load("hkdf_sha256"),
            c =>
            {
                var size = c.Test.GetProperty("size").GetInt32();
                byte[] Derive() =>
                    HKDF.DeriveKey(HashAlgorithmName.SHA256, c.Hex("ikm"), size, c.Hex("salt"), c.Hex("info"));
                if (!c.IsValid)
                {
                    Assert.ThrowsAny<ArgumentException>(Derive);
                    return;
                }
                valid++;
                Assert.Equal(c.Hex("okm"), Derive());
            }
        );
        Assert.Equal(83, valid);
    }

    [Fact]
    public void HmacSha256_EveryCase_AsListed()
    {
        var valid = 0;
        Wycheproof.Each(
            Wycheproof.Load("hmac_sha256"),
            c =>
            {
                var tag = c.Hex("tag");
                var computed = HMACSHA256
                    .HashData(c.Hex("key"), c.Hex("msg"))
                    .AsSpan(0, c.Group.GetProperty("tagSize").GetInt32() / 8);
                Assert.Equal(c.IsValid, CryptographicOperations.FixedTimeEquals(tag, computed));
                valid += c.IsValid ? 1 : 0;
            }
        );
        Assert.Equal(66, valid);
    }
}
