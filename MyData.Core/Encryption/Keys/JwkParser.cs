using System.Security.Cryptography;
using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>RFC 7517 §4 and RFC 7518 §6. Members that are not known are ignored, as the RFC wants; certificates and URLs in a key too.</summary>
internal static class JwkParser
{
    private const string Code = "jwk.invalid";

    public static Jwk Parse(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new EncryptionException(Code, "A key is a JSON object.");
        var kty = StrictJson.Text(json, "kty", Code);
        var numbers = kty switch
        {
            "EC" => Ec(json),
            "RSA" => Rsa(json),
            "oct" => JwkNumbers.OfSecret(Required(json, "k")),
            _ => throw new EncryptionException(
                "jwk.kty_refused",
                $"kty {EncryptionException.Quote(kty)} is not used here."
            ),
        };
        return new Jwk(numbers, Labels(json));
    }

    private static JwkNumbers Ec(JsonElement json)
    {
        var crv = StrictJson.Text(json, "crv", Code);
        if (!string.Equals(crv, "P-256", StringComparison.Ordinal))
            throw new EncryptionException("jwk.crv_refused", $"crv {EncryptionException.Quote(crv)} is not used here.");
        return JwkNumbers.Of(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Required(json, "x"), Y = Required(json, "y") },
                D = Optional(json, "d"),
            }
        );
    }

    private static JwkNumbers Rsa(JsonElement json)
    {
        if (json.TryGetProperty("oth", out _))
            throw new EncryptionException(Code, "RSA keys with more than two primes are refused.");
        return JwkNumbers.Of(
            new RSAParameters
            {
                Modulus = Positive(json, "n"),
                Exponent = Positive(json, "e"),
                D = Optional(json, "d"),
                P = Optional(json, "p"),
                Q = Optional(json, "q"),
                DP = Optional(json, "dp"),
                DQ = Optional(json, "dq"),
                InverseQ = Optional(json, "qi"),
            }
        );
    }

    private static JwkLabels Labels(JsonElement json)
    {
        var use = StrictJson.Text(json, "use", Code);
        IReadOnlyList<string>? operations = null;
        if (json.TryGetProperty("key_ops", out var ops))
        {
            if (ops.ValueKind != JsonValueKind.Array)
                throw new EncryptionException(Code, "key_ops is not an array.");
            operations = ops.EnumerateArray()
                .Select(o => StrictJson.TextOf(o) ?? throw new EncryptionException(Code, "key_ops holds strings only."))
                .ToArray();
        }
        return new JwkLabels(StrictJson.Text(json, "kid", Code), StrictJson.Text(json, "alg", Code), use, operations)
        {
            NotBefore = Time(json, "nbf"),
            Expires = Time(json, "exp"),
        };
    }

    /// <summary>RFC 7519 §2, NumericDate; parts of a second are left out.</summary>
    private static DateTimeOffset? Time(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value))
            return null;
        // Beyond the year 9999 the framework has no time.
        return
            value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and < 253_402_300_800 and var seconds
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : throw new EncryptionException(Code, $"The member {name} is no time.");
    }

    private static byte[]? Optional(JsonElement json, string name)
    {
        if (StrictJson.Text(json, name, Code) is not { } text)
            return null;
        return Base64UrlText.TryDecode(text)
            ?? throw new EncryptionException(Code, $"The member {name} is not canonical base64url.");
    }

    private static byte[] Required(JsonElement json, string name) =>
        Optional(json, name) ?? throw new EncryptionException(Code, $"The member {name} is missing.");

    /// <summary>RFC 7518 §2, Base64urlUInt: no leading zero octet.</summary>
    private static byte[] Positive(JsonElement json, string name)
    {
        var value = Required(json, name);
        if (value.Length == 0 || value[0] == 0)
            throw new EncryptionException(Code, $"The member {name} is zero or starts with a zero octet.");
        return value;
    }
}
