using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>
/// A JWK Set (RFC 7517 §5). Keys of kinds that we do not use are passed over, as the RFC wants; a set that mixes secret with public
/// keys, symmetric with asymmetric ones, or has a kid twice is refused whole.
/// </summary>
public static class JwkSet
{
    /// <exception cref="EncryptionException"><c>jwks.invalid</c>, <c>jwks.mixed</c>, <c>jwks.duplicate_kid</c>, or a <c>jwk.…</c> code</exception>
    public static IReadOnlyList<Jwk> Parse(string json) => Parse(StrictJson.ParseObject(json, "jwks.invalid"));

    /// <inheritdoc cref="Parse(string)"/>
    public static IReadOnlyList<Jwk> Parse(JsonElement json)
    {
        if (
            json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("keys", out var entries)
            || entries.ValueKind != JsonValueKind.Array
        )
            throw new EncryptionException("jwks.invalid", "A key set is an object with the array keys.");
        var keys = entries.EnumerateArray().Where(IsOurs).Select(Jwk.Parse).ToArray();
        if (keys.Any(k => k.IsPrivate) && keys.Any(k => !k.IsPrivate))
            throw new EncryptionException("jwks.mixed", "The set holds secret and public keys.");
        if (keys.Any(IsSymmetric) && !keys.All(IsSymmetric))
            throw new EncryptionException("jwks.mixed", "The set holds symmetric and asymmetric keys.");
        var named = keys.Where(k => k.Kid is not null).ToArray();
        if (named.DistinctBy(k => k.Kid, StringComparer.Ordinal).Count() != named.Length)
            throw new EncryptionException("jwks.duplicate_kid", "Two keys of the set have the same kid.");
        return keys;
    }

    /// <summary>A set of the public parts, as published below <c>/.well-known/jwks.json</c>.</summary>
    public static string ToPublicJson(IEnumerable<Jwk> keys) =>
        $$"""{"keys":[{{string.Join(',', keys.Select(k => k.PublicOnly().ToJson()))}}]}""";

    private static bool IsSymmetric(Jwk key) => string.Equals(key.Kty, "oct", StringComparison.Ordinal);

    private static bool IsOurs(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            throw new EncryptionException("jwks.invalid", "An entry of the set is not an object.");
        return StrictJson.Text(entry, "kty", "jwks.invalid") switch
        {
            "EC" => StrictJson.Text(entry, "crv", "jwks.invalid") is "P-256",
            "RSA" or "oct" => true,
            _ => false,
        };
    }
}
