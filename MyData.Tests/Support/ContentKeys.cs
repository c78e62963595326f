using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Tests.Support;

/// <summary>
/// What the browser's modules do with content keys, written a second time: unwrap one from a head, wrap it for a further recipient
/// (protocols.md A4, A6; RFC 3394, RFC 7518 §4.6, RFC 5869).
/// </summary>
public static class ContentKeys
{
    /// <summary>The entry of <c>recipients</c> for a clerk's or agent's key, wrapped by this pair.</summary>
    public static string EntryFor(string head, Jwk own, Jwk recipient, Jwk pair) =>
        Entry(
            new
            {
                alg = "ECDH-ES+A256KW",
                kid = recipient.Kid ?? recipient.Thumbprint(),
                epk = JsonSerializer.Deserialize<JsonElement>(Bare(pair)),
            },
            Wrap(Agree(pair, recipient), ContentKey(head, own))
        );

    /// <summary>The entry for a printed ticket's key.</summary>
    public static string EntryFor(string head, Jwk own, string number, byte[] secret) =>
        Entry(
            new { alg = "A256KW", kid = $"mydata-counter-ticket:{number}" },
            Wrap(PrintedKey(number, secret), ContentKey(head, own))
        );

    /// <summary>A content key under a printed ticket's secret, base64url.</summary>
    public static string WrapBySecret(string number, byte[] secret, byte[] content) =>
        Base64UrlText.Encode(Wrap(PrintedKey(number, secret), content));

    /// <summary>What a printed ticket's package is opened with.</summary>
    public static Jwk PrintedJwk(string number, byte[] secret) =>
        Jwk.FromSecret(PrintedKey(number, secret), $"mydata-counter-ticket:{number}");

    /// <summary>A public key without anything but its numbers.</summary>
    public static string Bare(Jwk key)
    {
        var point = key.ToECDiffieHellman().ExportParameters(false).Q;
        return JsonSerializer.Serialize(
            new
            {
                kty = "EC",
                crv = "P-256",
                x = Base64UrlText.Encode(point.X),
                y = Base64UrlText.Encode(point.Y),
            }
        );
    }

    private static byte[] PrintedKey(string number, byte[] secret) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            secret,
            32,
            salt: [],
            info: Encoding.ASCII.GetBytes($"mydata-counter-ticket {number}")
        );

    private static byte[] ContentKey(string head, Jwk own)
    {
        using var json = JsonDocument.Parse(head + "\"}");
        var entry = json
            .RootElement.GetProperty("recipients")
            .EnumerateArray()
            .Single(one => one.GetProperty("header").GetProperty("kid").GetString() == own.Thumbprint());
        var epk = Jwk.Parse(entry.GetProperty("header").GetProperty("epk"));
        return Unwrap(Agree(own, epk), Base64UrlText.Decode(entry.GetProperty("encrypted_key").GetString()));
    }

    private static byte[] Agree(Jwk own, Jwk other)
    {
        using var mine = own.ToECDiffieHellman();
        using var theirs = other.ToECDiffieHellman();
        var info = new List<byte>();
        foreach (var part in new[] { "ECDH-ES+A256KW", "", "" })
        {
            info.AddRange(Number(part.Length));
            info.AddRange(Encoding.ASCII.GetBytes(part));
        }
        info.AddRange(Number(256));
        return mine.DeriveKeyFromHash(theirs.PublicKey, HashAlgorithmName.SHA256, Number(1), [.. info]);
    }

    private static byte[] Wrap(byte[] key, byte[] content)
    {
        var (a, r) = (Enumerable.Repeat((byte)0xA6, 8).ToArray(), content.Chunk(8).ToArray());
        using var aes = Aes.Create();
        aes.Key = key;
        for (var step = 1; step <= 6 * r.Length; step++)
        {
            var block = aes.EncryptEcb([.. a, .. r[(step - 1) % r.Length]], PaddingMode.None);
            a = Xor(block[..8], step);
            r[(step - 1) % r.Length] = block[8..];
        }
        return [.. a, .. r.SelectMany(part => part)];
    }

    private static byte[] Unwrap(byte[] key, byte[] wrapped)
    {
        var (a, r) = (wrapped[..8], wrapped[8..].Chunk(8).ToArray());
        using var aes = Aes.Create();
        aes.Key = key;
        for (var step = 6 * r.Length; step >= 1; step--)
        {
            var block = aes.DecryptEcb([.. Xor(a, step), .. r[(step - 1) % r.Length]], PaddingMode.None);
            (a, r[(step - 1) % r.Length]) = (block[..8], block[8..]);
        }
        if (a.Any(part => part != 0xA6))
            throw new CryptographicException("The wrapped key does not open.");
        return [.. r.SelectMany(part => part)];
    }

    private static byte[] Xor(byte[] a, int step)
    {
        var result = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(result, BinaryPrimitives.ReadUInt64BigEndian(a) ^ (ulong)step);
        return result;
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static string Entry(object header, byte[] wrapped) =>
        JsonSerializer.Serialize(
            new { header, encrypted_key = Base64UrlText.Encode(wrapped) },
            new JsonSerializerOptions
            {
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
