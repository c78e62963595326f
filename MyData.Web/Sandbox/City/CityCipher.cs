using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MyData.Web.Sandbox.City;

/// <summary>The portal sent what the city cannot open.</summary>
public sealed class CityRefusedException(string why, Exception? inner = null) : Exception(why, inner);

/// <summary>
/// The national wire's ciphers as a service has them, on the framework's primitives alone: nothing of the portal's is used, so that one shows whether
/// the other is right.
/// </summary>
internal static class CityCipher
{
    private const int Block = 8;

    /// <summary>Base64 of AES-256-CBC, the key being the secret twice.</summary>
    public static string Encrypt(CitySecret secret, string text)
    {
        using var aes = Shared(secret);
        return Convert.ToBase64String(
            aes.EncryptCbc(Encoding.UTF8.GetBytes(text), Encoding.ASCII.GetBytes(secret.CbcIv))
        );
    }

    /// <exception cref="CityRefusedException">It does not open.</exception>
    public static string Decrypt(CitySecret secret, string text)
    {
        using var aes = Shared(secret);
        try
        {
            var bytes = Convert.FromBase64String(text);
            return Encoding.UTF8.GetString(aes.DecryptCbc(bytes, Encoding.ASCII.GetBytes(secret.CbcIv)));
        }
        catch (Exception wrong) when (wrong is FormatException or CryptographicException)
        {
            throw new CityRefusedException("does not open", wrong);
        }
    }

    /// <summary>RFC 7516 §5.2, compact, by the two modes of the format.</summary>
    /// <exception cref="CityRefusedException">Another mode, or it does not open.</exception>
    public static byte[] Open(string jwe, string key)
    {
        try
        {
            var parts = jwe.Split('.');
            using var header = JsonDocument.Parse(Bytes(parts[0]));
            var (alg, enc) = (Text(header, "alg"), Text(header, "enc"));
            var wrapping = Encoding.UTF8.GetBytes(key);
            var aad = Encoding.ASCII.GetBytes(parts[0]);
            var (wrapped, iv, sealedText, tag) = (Bytes(parts[1]), Bytes(parts[2]), Bytes(parts[3]), Bytes(parts[4]));
            return (alg, enc) switch
            {
                ("A256GCMKW", "A256GCM") => Gcm(
                    Gcm(wrapping, Bytes(Text(header, "iv")), wrapped, Bytes(Text(header, "tag")), []),
                    iv,
                    sealedText,
                    tag,
                    aad
                ),
                ("A256KW", "A256CBC-HS512") => CbcHmac(Unwrap(wrapping, wrapped), iv, sealedText, tag, aad),
                _ => throw new CityRefusedException($"{alg} and {enc}"),
            };
        }
        catch (Exception wrong)
            when (wrong is FormatException or CryptographicException or JsonException or IndexOutOfRangeException)
        {
            throw new CityRefusedException("does not open", wrong);
        }
    }

    /// <summary>Base64 in every form that the format is written in.</summary>
    public static byte[] Bytes(string text)
    {
        var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='));
    }

    private static byte[] Gcm(byte[] key, byte[] iv, byte[] sealedText, byte[] tag, byte[] aad)
    {
        using var aes = new AesGcm(key, tag.Length);
        var plain = new byte[sealedText.Length];
        aes.Decrypt(iv, sealedText, tag, plain, aad);
        return plain;
    }

    // RFC 7518 §5.2.2.2
    private static byte[] CbcHmac(byte[] key, byte[] iv, byte[] sealedText, byte[] tag, byte[] aad)
    {
        var bits = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bits, aad.Length * 8L);
        var mac = HMACSHA512.HashData(key.AsSpan(0, 32), (byte[])[.. aad, .. iv, .. sealedText, .. bits]);
        if (!CryptographicOperations.FixedTimeEquals(mac.AsSpan(0, 32), tag))
            throw new CityRefusedException("the tag does not fit");
        using var aes = Aes.Create();
        aes.Key = key[32..];
        return aes.DecryptCbc(sealedText, iv);
    }

    // RFC 3394 §2.2.2
    private static byte[] Unwrap(byte[] key, byte[] wrapped)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var count = wrapped.Length / Block - 1;
        var a = wrapped[..Block];
        var r = wrapped[Block..];
        for (var t = 6 * count; t > 0; t--)
        {
            var at = (t - 1) % count * Block;
            for (var i = 0; i < 4; i++)
                a[7 - i] ^= (byte)(t >> (8 * i));
            var plain = aes.DecryptEcb((byte[])[.. a, .. r.AsSpan(at, Block)], PaddingMode.None);
            a = plain[..Block];
            plain.AsSpan(Block).CopyTo(r.AsSpan(at));
        }
        return a.All(one => one == 0xA6) ? r : throw new CityRefusedException("the wrapped key does not open");
    }

    private static Aes Shared(CitySecret secret)
    {
        var aes = Aes.Create();
        aes.Key = Encoding.ASCII.GetBytes(secret.Secret + secret.Secret);
        return aes;
    }

    private static string Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
