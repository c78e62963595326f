using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>ECDH-ES in key wrapping mode on P-256: the Concat KDF of NIST SP 800-56A §5.8.1 as RFC 7518 §4.6.2 sets it.</summary>
internal static class EcdhEs
{
    private const int KeyBits = 256;

    /// <summary>Wraps under a fresh key pair, whose public half goes into the header as epk.</summary>
    public static (byte[] EncryptedKey, IReadOnlyDictionary<string, string> Epk) Wrap(
        Jwk recipient,
        ReadOnlySpan<byte> contentKey
    )
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var wrappingKey = WrappingKey(pair, recipient, apu: [], apv: []);
        try
        {
            var point = pair.ExportParameters(includePrivateParameters: false).Q;
            var epk = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["x"] = Base64UrlText.Encode(point.X),
                ["y"] = Base64UrlText.Encode(point.Y),
            };
            return (AesKeyWrap.Wrap(wrappingKey, contentKey), epk);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrappingKey);
        }
    }

    /// <summary>The content key, or null where its integrity check fails.</summary>
    /// <param name="apu">PartyUInfo, from the header, decoded; often empty</param>
    /// <param name="apv">PartyVInfo, likewise</param>
    public static byte[]? Unwrap(
        Jwk key,
        JsonElement epk,
        ReadOnlySpan<byte> encryptedKey,
        ReadOnlySpan<byte> apu,
        ReadOnlySpan<byte> apv
    )
    {
        var partyU = apu.ToArray();
        var partyV = apv.ToArray();
        var ephemeral = Ephemeral(epk);
        var wrappingKey = key.WithECDiffieHellman(mine => WrappingKey(mine, ephemeral, partyU, partyV));
        try
        {
            return AesKeyWrap.Unwrap(wrappingKey, encryptedKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrappingKey);
        }
    }

    /// <summary>RFC 7518 §4.6.1.1: a public key, here on P-256 and on the curve, or the agreement would leak our key.</summary>
    /// <exception cref="EncryptionException"><c>jose.key_refused</c></exception>
    public static Jwk Ephemeral(JsonElement epk)
    {
        try
        {
            var key = Jwk.Parse(epk);
            if (key.Numbers.Ec is { D: null })
                return key;
        }
        catch (EncryptionException e)
        {
            throw new EncryptionException("jose.key_refused", $"epk is refused ({e.Code}).", e);
        }
        throw new EncryptionException("jose.key_refused", "epk is not a public key on P-256.");
    }

    /// <summary>32 bytes; one round of SHA-256 gives exactly that.</summary>
    private static byte[] WrappingKey(ECDiffieHellman own, Jwk other, ReadOnlySpan<byte> apu, ReadOnlySpan<byte> apv)
    {
        var otherInfo = OtherInfo(JoseNames.EcdhEsA256Kw, apu, apv);
        return other.WithECDiffieHellman(theirs =>
        {
            using var point = theirs.PublicKey;
            return own.DeriveKeyFromHash(point, HashAlgorithmName.SHA256, [0, 0, 0, 1], otherInfo);
        });
    }

    /// <summary>AlgorithmID ‖ PartyUInfo ‖ PartyVInfo ‖ SuppPubInfo, the first three each behind its length in 32 bits.</summary>
    private static byte[] OtherInfo(string algorithm, ReadOnlySpan<byte> apu, ReadOnlySpan<byte> apv)
    {
        var info = new byte[4 + algorithm.Length + 4 + apu.Length + 4 + apv.Length + 4];
        var rest = Append(info, Encoding.ASCII.GetBytes(algorithm));
        rest = Append(rest, apu);
        rest = Append(rest, apv);
        BinaryPrimitives.WriteInt32BigEndian(rest, KeyBits);
        return info;
    }

    private static Span<byte> Append(Span<byte> target, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, value.Length);
        value.CopyTo(target[4..]);
        return target[(4 + value.Length)..];
    }
}
