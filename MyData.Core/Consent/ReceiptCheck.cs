using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Core.Consent;

/// <summary>Whether a receipt is this platform's, as <c>receipt.js</c> checks it in her browser.</summary>
public static class ReceiptCheck
{
    /// <summary>The JWS's <c>typ</c>.</summary>
    public const string Type = ConsentReceipt.Type;

    /// <summary>How far two clocks of the platform may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <param name="keys">the platform's, past ones too</param>
    /// <returns>The receipt's content.</returns>
    /// <exception cref="EncryptionException">
    /// <c>receipt.format</c>; <c>receipt.period</c>: its key did not sign at that time; and as <see cref="Jws.Verify"/>
    /// </exception>
    public static JsonElement Verify(string receipt, IReadOnlyCollection<Jwk> keys)
    {
        var signed = Jws.Verify(receipt, keys, JoseNames.SignatureAlgs, Type);
        var content = Parse(signed.Payload);
        RequirePeriod(content, signed.Key);
        return content;
    }

    // Whoever steals a key that is retired must not date a receipt today; the old ones stay good.
    private static void RequirePeriod(JsonElement content, Jwk key)
    {
        if (key.NotBefore is null && key.Expires is null)
            return;
        if (
            !content.TryGetProperty("iat", out var value)
            || value.ValueKind != JsonValueKind.Number
            || !value.TryGetInt64(out var at)
        )
            throw new EncryptionException("receipt.format", "The receipt does not say when it was issued.");
        var skew = (long)Skew.TotalSeconds;
        if (at + skew < key.NotBefore?.ToUnixTimeSeconds() || at - skew >= key.Expires?.ToUnixTimeSeconds())
            throw new EncryptionException("receipt.period", "The receipt's key did not sign at that time.");
    }

    private static JsonElement Parse(byte[] payload)
    {
        try
        {
            var content = JsonSerializer.Deserialize<JsonElement>(payload, Strict);
            if (content.ValueKind == JsonValueKind.Object)
                return content;
        }
        catch (JsonException e)
        {
            throw new EncryptionException("receipt.format", "The receipt is not JSON.", e);
        }
        throw new EncryptionException("receipt.format", "The receipt is not an object.");
    }

    private static readonly JsonSerializerOptions Strict = new() { AllowDuplicateProperties = false };
}
