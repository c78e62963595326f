using System.Text.Json;
using System.Text.Json.Serialization;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>What the platform asks for (protocols.md A2).</summary>
public sealed record NativeRequest
{
    private const int LargestBody = 256 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    public required string TransferId { get; init; }

    public required string Dataset { get; init; }

    public required int SchemaVersion { get; init; }

    public IReadOnlyList<string> Fields { get; init; } = [];

    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    public required IReadOnlyList<NativeRecipient> Recipients { get; init; }

    public required string ConsentReceipt { get; init; }

    /// <exception cref="AgencyRefusal">400, <c>request.…</c></exception>
    public static async Task<NativeRequest> ReadAsync(HttpRequest http, CancellationToken ct)
    {
        if (!http.HasJsonContentType() || http.ContentLength > LargestBody)
            throw AgencyRefusal.Wrong("request.body", "JSON of at most 256 KiB is wanted.");
        try
        {
            var request = await JsonSerializer.DeserializeAsync<NativeRequest>(http.Body, Options, ct);
            return request is { Recipients.Count: > 0 and <= 16 }
                ? request
                : throw AgencyRefusal.Wrong("request.recipients", "Nobody to seal for.");
        }
        catch (JsonException error)
        {
            throw AgencyRefusal.Wrong("request.json", error.Message);
        }
    }

    /// <summary>The recipients' keys: public ones only.</summary>
    /// <exception cref="AgencyRefusal">400, <c>request.key</c></exception>
    public IReadOnlyList<SealRecipient> Keys()
    {
        try
        {
            var keys = Recipients.Select(r => new SealRecipient(r.Role, r.Kid, Jwk.Parse(r.Jwk))).ToList();
            return keys.TrueForAll(k => !k.Key.IsPrivate)
                ? keys
                : throw AgencyRefusal.Wrong("request.key", "A private key was sent.");
        }
        catch (EncryptionException error)
        {
            throw AgencyRefusal.Wrong("request.key", error.Message);
        }
    }
}

/// <summary>One entry of <c>recipients</c>.</summary>
public sealed record NativeRecipient
{
    /// <summary>citizen or service.</summary>
    public required string Role { get; init; }

    public required string Kid { get; init; }

    [JsonPropertyName("jwk")]
    public required JsonElement Jwk { get; init; }
}
