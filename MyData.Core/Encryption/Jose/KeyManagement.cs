using System.Security.Cryptography;

namespace MyData.Core.Encryption;

/// <summary>A content key wrapped for one recipient, and the header parameters that tell how (RFC 7518 §4).</summary>
internal sealed record WrappedKey(byte[] EncryptedKey, IReadOnlyDictionary<string, object> Parameters);

/// <summary>Wraps and unwraps content keys: RSA-OAEP-256, ECDH-ES+A256KW, A256KW, A256GCMKW.</summary>
internal static class KeyManagement
{
    private const int GcmIvBytes = 12;
    private const int GcmTagBytes = 16;
    private const int SecretBytes = 32;

    /// <summary>The algorithm that a key says, or the one that its kind has here.</summary>
    public static string AlgFor(Jwk key) =>
        key.Alg
        ?? key.Kty switch
        {
            "EC" => JoseNames.EcdhEsA256Kw,
            "RSA" => JoseNames.RsaOaep256,
            _ => JoseNames.A256Kw,
        };

    public static WrappedKey Wrap(string alg, Jwk recipient, ReadOnlySpan<byte> contentKey)
    {
        KeyRules.Require(recipient, alg, "wrap");
        return alg switch
        {
            JoseNames.EcdhEsA256Kw => WrapEcdh(recipient, contentKey),
            JoseNames.RsaOaep256 => new(WrapRsa(recipient, contentKey), Parameters()),
            JoseNames.A256Kw => new(AesKeyWrap.Wrap(Secret(recipient, alg), contentKey), Parameters()),
            _ => WrapGcm(recipient, contentKey),
        };
    }

    /// <summary>The content key; the caller zeroes it. Whatever fails inside, the code is the same (RFC 7516 §11.5).</summary>
    /// <param name="alg">one of <see cref="JoseNames.KeyAlgs"/>, as the header says</param>
    /// <exception cref="EncryptionException"><c>jose.key_refused</c>, <c>jose.format</c>, <c>jose.decrypt</c></exception>
    public static byte[] Unwrap(string alg, JoseHeader header, Jwk key, ReadOnlySpan<byte> encryptedKey)
    {
        KeyRules.Require(key, alg, "unwrap");
        if (!key.IsPrivate)
            throw KeyRules.Mismatch(alg);
        return alg switch
            {
                JoseNames.EcdhEsA256Kw => UnwrapEcdh(header, key, encryptedKey),
                JoseNames.RsaOaep256 => UnwrapRsa(key, encryptedKey),
                JoseNames.A256Kw => AesKeyWrap.Unwrap(Secret(key, alg), encryptedKey),
                _ => UnwrapGcm(header, key, encryptedKey),
            } ?? throw Failed();
    }

    public static EncryptionException Failed(Exception? inner = null) =>
        new("jose.decrypt", "It cannot be opened with this key, or was changed on the way.", inner);

    private static Dictionary<string, object> Parameters(params (string Name, object Value)[] parameters) =>
        parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);

    private static WrappedKey WrapEcdh(Jwk recipient, ReadOnlySpan<byte> contentKey)
    {
        var (encryptedKey, epk) = EcdhEs.Wrap(recipient, contentKey);
        return new(encryptedKey, Parameters(("epk", epk)));
    }

    private static byte[]? UnwrapEcdh(JoseHeader header, Jwk key, ReadOnlySpan<byte> encryptedKey)
    {
        if (!header.TryGet("epk", out var epk))
            throw new EncryptionException("jose.format", "epk is missing.");
        return EcdhEs.Unwrap(key, epk, encryptedKey, Decoded(header, "apu", []), Decoded(header, "apv", []));
    }

    private static byte[] WrapRsa(Jwk recipient, ReadOnlySpan<byte> contentKey)
    {
        var copy = contentKey.ToArray();
        try
        {
            return recipient.WithRSA(rsa => rsa.Encrypt(copy, RSAEncryptionPadding.OaepSHA256));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    private static byte[] UnwrapRsa(Jwk key, ReadOnlySpan<byte> encryptedKey)
    {
        var copy = encryptedKey.ToArray();
        try
        {
            return key.WithRSA(rsa => rsa.Decrypt(copy, RSAEncryptionPadding.OaepSHA256));
        }
        catch (CryptographicException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>RFC 7518 §4.7: iv and tag stand in the header.</summary>
    private static WrappedKey WrapGcm(Jwk recipient, ReadOnlySpan<byte> contentKey)
    {
        var iv = RandomNumberGenerator.GetBytes(GcmIvBytes);
        var tag = new byte[GcmTagBytes];
        var encrypted = new byte[contentKey.Length];
        using var gcm = new AesGcm(Secret(recipient, JoseNames.A256GcmKw), GcmTagBytes);
        gcm.Encrypt(iv, contentKey, encrypted, tag);
        return new(encrypted, Parameters(("iv", Base64UrlText.Encode(iv)), ("tag", Base64UrlText.Encode(tag))));
    }

    private static byte[]? UnwrapGcm(JoseHeader header, Jwk key, ReadOnlySpan<byte> encryptedKey)
    {
        var iv = Decoded(header, "iv", null);
        var tag = Decoded(header, "tag", null);
        if (iv.Length != GcmIvBytes || tag.Length != GcmTagBytes)
            throw new EncryptionException("jose.format", "iv has 12 bytes and tag 16.");
        var contentKey = new byte[encryptedKey.Length];
        using var gcm = new AesGcm(Secret(key, JoseNames.A256GcmKw), GcmTagBytes);
        try
        {
            gcm.Decrypt(iv, encryptedKey, tag, contentKey);
            return contentKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> Secret(Jwk key, string alg) =>
        key.Secret is { Length: SecretBytes } secret ? secret : throw KeyRules.Mismatch(alg);

    private static byte[] Decoded(JoseHeader header, string name, byte[]? absent)
    {
        if (header.Text(name) is not { } text)
            return absent ?? throw new EncryptionException("jose.format", $"{name} is missing.");
        return Base64UrlText.TryDecode(text)
            ?? throw new EncryptionException("jose.format", $"{name} is not canonical base64url.");
    }
}
