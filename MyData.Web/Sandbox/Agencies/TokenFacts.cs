using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Citizens;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>The answer of introspection (RFC 7662), as far as an agency needs it.</summary>
public sealed record TokenFacts
{
    public required string Subject { get; init; }

    public required IReadOnlyList<string> Audiences { get; init; }

    public required string? Issuer { get; init; }

    public required DateTimeOffset? Expires { get; init; }

    public required AssuranceLevel Level { get; init; }

    /// <summary>Thumbprint of the key that the token is bound to (RFC 9449 §6); null for a bearer token.</summary>
    public required string? BoundTo { get; init; }

    public required string? Transfer { get; init; }

    /// <summary>Ids in <c>authorization_details</c> (RFC 9396); null where there are none.</summary>
    public required IReadOnlyList<string>? DataSets { get; init; }

    /// <summary>Null where the token is not active, or the answer is not one.</summary>
    public static TokenFacts? Read(byte[]? body)
    {
        if (body is null)
            return null;
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (
            !root.TryGetProperty("active", out var active)
            || active.ValueKind != JsonValueKind.True
            || Text(root, "sub") is not { } subject
        )
            return null;
        return new TokenFacts
        {
            Subject = subject,
            Audiences = Texts(root, "aud"),
            Issuer = Text(root, "iss"),
            Expires = root.TryGetProperty("exp", out var exp)
                ? DateTimeOffset.FromUnixTimeSeconds(exp.GetInt64())
                : null,
            Level = LevelOf(Text(root, "acr")),
            BoundTo = root.TryGetProperty("cnf", out var cnf) ? Text(cnf, "jkt") : null,
            Transfer = Text(root, "transfer_id"),
            DataSets = root.TryGetProperty("authorization_details", out var details) ? DataSetsOf(details) : null,
        };
    }

    private static AssuranceLevel LevelOf(string? acr) =>
        Enum.TryParse<AssuranceLevel>(acr, ignoreCase: true, out var level) && Enum.IsDefined(level)
            ? level
            : AssuranceLevel.None;

    private static List<string> DataSetsOf(JsonElement details) =>
        [
            .. details
                .EnumerateArray()
                .Where(d => Text(d, "type") == "mydata" && d.TryGetProperty("datasets", out _))
                .SelectMany(d => d.GetProperty("datasets").EnumerateArray())
                .Select(d => Text(d, "id") ?? ""),
        ];

    internal static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static List<string> Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) switch
        {
            true when value.ValueKind == JsonValueKind.Array =>
            [
                .. value.EnumerateArray().Select(v => v.GetString() ?? ""),
            ],
            true when value.ValueKind == JsonValueKind.String => [value.GetString()!],
            _ => [],
        };
}

/// <summary>The answer of user info: the pairwise subject and the national ID.</summary>
public sealed record SubjectFacts(string Subject, NationalId Id)
{
    /// <summary>Null where the portal refuses, or names nobody.</summary>
    public static SubjectFacts? Read(byte[]? body)
    {
        if (body is null)
            return null;
        using var document = JsonDocument.Parse(body);
        var subject = TokenFacts.Text(document.RootElement, "sub");
        return subject is not null && NationalId.TryParse(TokenFacts.Text(document.RootElement, "uid"), out var id)
            ? new(subject, id)
            : null;
    }
}
