using System.Text.Json;
using MyData.Core.Events;

namespace MyData.Core.Recording;

/// <summary>
/// What an event's <c>Details</c> may say for its record, each where it is known: <c>methods</c> and <c>level</c> of the sign-in, the
/// <c>seal</c> digest in hexadecimal, <c>to</c> for another recipient than the usual one, <c>why</c> for a reason of its own, <c>claims</c> for
/// what of her account it is about.
/// </summary>
internal readonly record struct EventFacts(
    string? Identity,
    byte[]? Seal,
    string? To,
    string? Why,
    IReadOnlyList<string>? Claims
)
{
    public static EventFacts Of(Event happened)
    {
        if (happened.Details is null)
            return default;
        using var json = JsonDocument.Parse(happened.Details);
        var details = json.RootElement;
        if (details.ValueKind != JsonValueKind.Object)
            return default;
        return new EventFacts(
            IdentityOf(details),
            Text(details, "seal") is { Length: 64 } seal ? Convert.FromHexString(seal) : null,
            Text(details, "to"),
            Text(details, "why"),
            details.TryGetProperty("claims", out var claims) && claims.ValueKind == JsonValueKind.Array
                ? [.. claims.EnumerateArray().Select(claim => claim.ToString())]
                : null
        );
    }

    /// <summary>Such as <c>oidc documents/3</c>.</summary>
    private static string? IdentityOf(JsonElement details)
    {
        var level =
            details.TryGetProperty("level", out var found) && found.ValueKind == JsonValueKind.Number
                ? found.GetRawText()
                : null;
        var methods = Text(details, "methods");
        return level is null && methods is null ? null : $"{methods}/{level}";
    }

    private static string? Text(JsonElement details, string name) =>
        details.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String
            ? found.GetString()
            : null;
}
