using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>
/// JSON Web Encryption (RFC 7516), compact (§7.1) and JSON (§7.2) serialization. Keys by RSA-OAEP-256, ECDH-ES+A256KW on P-256, A256KW and
/// A256GCMKW; content by A256GCM and A256CBC-HS512. Everything else is refused, by name, before a key is touched.
/// </summary>
public static class Jwe
{
    /// <param name="header">further protected header parameters; they may not repeat alg, enc, kid, typ, cty</param>
    /// <exception cref="EncryptionException"><c>jose.alg_refused</c>, <c>jose.enc_refused</c>, <c>jose.key_refused</c></exception>
    public static string EncryptCompact(
        ReadOnlySpan<byte> plainText,
        Jwk key,
        string alg,
        string enc,
        string? typ = null,
        string? cty = null,
        IReadOnlyDictionary<string, object>? header = null
    )
    {
        RequireOurs(alg, enc);
        var contentKey = RandomNumberGenerator.GetBytes(ContentCipher.KeyBytes(enc));
        try
        {
            var wrapped = KeyManagement.Wrap(alg, key, contentKey);
            var members = new Dictionary<string, object>(StringComparer.Ordinal) { ["alg"] = alg, ["enc"] = enc };
            Add(members, ("kid", key.Kid), ("typ", typ), ("cty", cty));
            foreach (var (name, value) in wrapped.Parameters.Concat(header ?? wrapped.Parameters.Take(0)))
                members.Add(name, value);
            var protectedText = Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(members, StrictJson.Plain));
            var iv = RandomNumberGenerator.GetBytes(ContentCipher.IvBytes(enc));
            var (cipherText, tag) = ContentCipher.Encrypt(
                enc,
                contentKey,
                iv,
                plainText,
                Encoding.ASCII.GetBytes(protectedText)
            );
            return string.Join(
                '.',
                protectedText,
                Base64UrlText.Encode(wrapped.EncryptedKey),
                Base64UrlText.Encode(iv),
                Base64UrlText.Encode(cipherText),
                Base64UrlText.Encode(tag)
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    /// <summary>Opens the compact serialization, and no other.</summary>
    /// <param name="allowedAlgs">what the caller expects, where it expects less than <see cref="JoseNames.KeyAlgs"/></param>
    /// <exception cref="EncryptionException">
    /// <c>jose.format</c>, <c>jose.alg_refused</c>, <c>jose.enc_refused</c>, <c>jose.zip_refused</c>, <c>jose.crit_refused</c>,
    /// <c>jose.key_refused</c>, <c>jose.decrypt</c>
    /// </exception>
    public static byte[] Decrypt(string compact, Jwk key, IReadOnlySet<string>? allowedAlgs = null)
    {
        Span<Range> parts = stackalloc Range[6];
        if (compact.AsSpan().Split(parts, '.') != 5)
            throw new EncryptionException("jose.format", "A compact JWE has five parts.");
        var protectedText = compact[parts[0]];
        var header = JoseHeader.Parse(protectedText);
        var algs = JweContent.RequireOurs(header, allowedAlgs);
        return JweContent.Open(
            algs,
            header,
            key,
            new JweParts
            {
                EncryptedKey = JweContent.Decode(compact.AsSpan(parts[1])),
                Iv = JweContent.Decode(compact.AsSpan(parts[2])),
                CipherText = JweContent.Decode(compact.AsSpan(parts[3])),
                Tag = JweContent.Decode(compact.AsSpan(parts[4])),
                Aad = protectedText,
            }
        );
    }

    /// <summary>The general JSON serialization: one cipher text, and one content key wrapped for each recipient.</summary>
    /// <param name="recipients">each with a kid of its own; the algorithm is the key's, or the one of its kind</param>
    /// <param name="aad">protected beside the header, readable by all; often null</param>
    /// <exception cref="EncryptionException"><c>jose.alg_refused</c>, <c>jose.enc_refused</c>, <c>jose.key_refused</c></exception>
    public static string EncryptJson(
        ReadOnlySpan<byte> plainText,
        IReadOnlyList<Jwk> recipients,
        string enc,
        string? typ = null,
        string? cty = null,
        byte[]? aad = null
    ) => JweJson.Encrypt(plainText, recipients, enc, typ, cty, aad);

    /// <summary>Opens the general or the flattened JSON serialization. The recipient is found by the key's kid, or is the only one.</summary>
    /// <exception cref="EncryptionException">as <see cref="Decrypt"/>, and <c>jose.recipient_missing</c></exception>
    public static byte[] DecryptJson(string json, Jwk key, IReadOnlySet<string>? allowedAlgs = null) =>
        JweJson.Decrypt(json, key, allowedAlgs);

    /// <summary>The protected header of the compact serialization, unproven: to find the key, never to trust.</summary>
    /// <exception cref="EncryptionException"><c>jose.format</c></exception>
    public static JsonElement PeekHeader(string compact) =>
        JoseHeader.Parse(compact.AsSpan()[..Math.Max(compact.IndexOf('.'), 0)]).Protected;

    internal static void RequireOurs(string alg, string enc)
    {
        if (!JoseNames.KeyAlgs.Contains(alg))
            throw new EncryptionException("jose.alg_refused", $"alg {EncryptionException.Quote(alg)} is refused.");
        if (!JoseNames.ContentAlgs.Contains(enc))
            throw new EncryptionException("jose.enc_refused", $"enc {EncryptionException.Quote(enc)} is refused.");
    }

    internal static void Add(
        Dictionary<string, object> members,
        params ReadOnlySpan<(string Name, string? Value)> optional
    )
    {
        foreach (var (name, value) in optional)
        {
            if (value is not null)
                members.Add(name, value);
        }
    }
}
