using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Encryption;

/// <summary>The parts of a JWE for one recipient, decoded.</summary>
internal sealed record JweParts
{
    public required byte[] EncryptedKey { get; init; }
    public required byte[] Iv { get; init; }
    public required byte[] CipherText { get; init; }
    public required byte[] Tag { get; init; }

    /// <summary>ASCII: the protected header as it stands, and behind a dot the aad where there is one (RFC 7516 §5.1 step 14).</summary>
    public required string Aad { get; init; }
}

/// <summary>The two algorithms of a JWE, both ours.</summary>
internal sealed record JweAlgs(string Alg, string Enc);

/// <summary>RFC 7516 §5.2, what both serializations have in common.</summary>
internal static class JweContent
{
    /// <summary>Refuses what is not ours, by name, before any other part is looked at.</summary>
    public static JweAlgs RequireOurs(JoseHeader header, IReadOnlySet<string>? allowedAlgs)
    {
        var alg = header.OneOf("alg", JoseNames.KeyAlgs, "jose.alg_refused");
        header.OneOf("alg", allowedAlgs ?? JoseNames.KeyAlgs, "jose.alg_refused");
        var enc = header.OneOf("enc", JoseNames.ContentAlgs, "jose.enc_refused");
        header.RefuseExtensions();
        return new JweAlgs(alg, enc);
    }

    public static byte[] Open(JweAlgs algs, JoseHeader header, Jwk key, JweParts parts)
    {
        if (!KeyRules.IsNamed(key, header.Kid))
            throw new EncryptionException(
                "jose.key_refused",
                $"It is for kid {EncryptionException.Quote(header.Kid)}."
            );
        var contentKey = KeyManagement.Unwrap(algs.Alg, header, key, parts.EncryptedKey);
        try
        {
            var aad = Encoding.ASCII.GetBytes(parts.Aad);
            return ContentCipher.Decrypt(algs.Enc, contentKey, parts.Iv, parts.CipherText, parts.Tag, aad)
                ?? throw KeyManagement.Failed();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    public static byte[] Decode(ReadOnlySpan<char> text) =>
        Base64UrlText.TryDecode(text)
        ?? throw new EncryptionException("jose.format", "A part is not canonical base64url.");
}
