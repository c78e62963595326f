using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>The JSON serializations of JWE (RFC 7516 §7.2).</summary>
internal static class JweJson
{
    private const string Code = "jose.format";

    public static string Encrypt(
        ReadOnlySpan<byte> plainText,
        IReadOnlyList<Jwk> recipients,
        string enc,
        string? typ,
        string? cty,
        byte[]? aad
    )
    {
        if (
            recipients.Count == 0
            || (
                recipients.Count > 1
                && recipients.Select(r => r.Kid).Distinct(StringComparer.Ordinal).Count() < recipients.Count
            )
        )
            throw new ArgumentException(
                "There is at least one recipient, and of several each has a kid of its own.",
                nameof(recipients)
            );
        var contentKey = RandomNumberGenerator.GetBytes(ContentCipher.KeyBytes(enc));
        try
        {
            var members = new Dictionary<string, object>(StringComparer.Ordinal) { ["enc"] = enc };
            Jwe.Add(members, ("typ", typ), ("cty", cty));
            var protectedText = Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(members, StrictJson.Plain));
            var entries = new List<object>(recipients.Count);
            foreach (var recipient in recipients)
                entries.Add(Entry(recipient, enc, contentKey));
            var iv = RandomNumberGenerator.GetBytes(ContentCipher.IvBytes(enc));
            var aadText = aad is null ? null : Base64UrlText.Encode(aad);
            var covered = Encoding.ASCII.GetBytes(aadText is null ? protectedText : $"{protectedText}.{aadText}");
            var (cipherText, tag) = ContentCipher.Encrypt(enc, contentKey, iv, plainText, covered);
            var jwe = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["protected"] = protectedText,
                ["recipients"] = entries,
                ["iv"] = Base64UrlText.Encode(iv),
                ["tag"] = Base64UrlText.Encode(tag),
                ["ciphertext"] = Base64UrlText.Encode(cipherText),
            };
            Jwe.Add(jwe, ("aad", aadText));
            return JsonSerializer.Serialize(jwe, StrictJson.Plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    public static byte[] Decrypt(string json, Jwk key, IReadOnlySet<string>? allowedAlgs)
    {
        var jwe = StrictJson.ParseObject(json, Code);
        var protectedText = StrictJson.Text(jwe, "protected", Code) ?? "";
        var header = protectedText.Length == 0 ? JoseHeader.Unprotected() : JoseHeader.Parse(protectedText);
        if (jwe.TryGetProperty("unprotected", out var shared))
            header.With(shared);
        var recipient = Recipient(jwe, key);
        if (recipient.TryGetProperty("header", out var own))
            header.With(own);
        var algs = JweContent.RequireOurs(header, allowedAlgs);
        var aad = StrictJson.Text(jwe, "aad", Code);
        return JweContent.Open(
            algs,
            header,
            key,
            new JweParts
            {
                EncryptedKey = Part(recipient, "encrypted_key"),
                Iv = Part(jwe, "iv"),
                CipherText = Part(jwe, "ciphertext"),
                Tag = Part(jwe, "tag"),
                Aad = aad is null ? protectedText : $"{protectedText}.{Base64UrlText.Encode(JweContent.Decode(aad))}",
            }
        );
    }

    private static Dictionary<string, object> Entry(Jwk recipient, string enc, ReadOnlySpan<byte> contentKey)
    {
        var alg = KeyManagement.AlgFor(recipient);
        Jwe.RequireOurs(alg, enc);
        var wrapped = KeyManagement.Wrap(alg, recipient, contentKey);
        var header = new Dictionary<string, object>(StringComparer.Ordinal) { ["alg"] = alg };
        Jwe.Add(header, ("kid", recipient.Kid));
        foreach (var (name, value) in wrapped.Parameters)
            header.Add(name, value);
        return new(StringComparer.Ordinal)
        {
            ["header"] = header,
            ["encrypted_key"] = Base64UrlText.Encode(wrapped.EncryptedKey),
        };
    }

    /// <summary>The entry for this key; in the flattened serialization the object itself is the only one.</summary>
    private static JsonElement Recipient(JsonElement jwe, Jwk key)
    {
        if (!jwe.TryGetProperty("recipients", out var recipients))
            return jwe;
        if (
            recipients.ValueKind != JsonValueKind.Array
            || jwe.TryGetProperty("header", out _)
            || jwe.TryGetProperty("encrypted_key", out _)
        )
            throw new EncryptionException(Code, "recipients is not an array, or both forms are mixed.");
        var entries = recipients.EnumerateArray().ToArray();
        if (Array.Exists(entries, e => e.ValueKind != JsonValueKind.Object))
            throw new EncryptionException(Code, "A recipient is not an object.");
        var fitting =
            entries.Length == 1 ? entries : Array.FindAll(entries, e => key.Kid is not null && Kid(e) == key.Kid);
        return fitting.Length == 1
            ? fitting[0]
            : throw new EncryptionException("jose.recipient_missing", "It is not encrypted for this key, or twice.");
    }

    private static string? Kid(JsonElement recipient) =>
        recipient.TryGetProperty("header", out var header) && header.ValueKind == JsonValueKind.Object
            ? StrictJson.Text(header, "kid", Code)
            : null;

    private static byte[] Part(JsonElement json, string name) =>
        JweContent.Decode(
            StrictJson.Text(json, name, Code) ?? throw new EncryptionException(Code, $"{name} is missing.")
        );
}
