using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>What every JOSE vector must come to: ours decided as listed, every other algorithm refused by its name.</summary>
internal static class JoseVectors
{
    public static readonly IReadOnlySet<string> AllSignatures = new HashSet<string> { "ES256", "PS256", "RS256" };

    /// <summary>The protected header of a compact text, read leniently and not by the code under test; null where there is none.</summary>
    public static JsonElement? Header(string compact)
    {
        var part = compact.Split('.')[0];
        try
        {
            if (part.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
                return null;
            var bytes = Convert.FromBase64String(
                part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '=')
            );
            using var document = JsonDocument.Parse(Encoding.UTF8.GetString(bytes));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    public static string? Name(JsonElement? header, string name) =>
        header is { } h && h.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public static void AssertRefusedByName(EncryptionException? refusal, string code, string? name)
    {
        Assert.NotNull(refusal);
        Assert.Equal(code, refusal.Code);
        Assert.Contains(name is null ? "(none)" : $"\"{name}\"", refusal.Message, StringComparison.Ordinal);
    }
}
