using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MyData.Core.Events;

namespace MyData.Core.Notifications;

/// <summary>A value that stands in the outbox sealed. Made by <see cref="INotices.Seal"/>.</summary>
public sealed record SealedParameter([property: JsonPropertyName("sealed")] byte[] Value);

/// <summary>
/// The parameters of a notice, a JSON object. Texts, numbers and ids stand for themselves; times and dates are written
/// as its reader writes them; an object with <c>zh</c> and <c>en</c> is a text in both languages; <c>dataset</c> is the id
/// of a data set, shown by its name; an object with <c>sealed</c> is opened for the mail only.
/// </summary>
public static class NoticeParameters
{
    internal const string SealPurpose = "notice";
    private const string Sealed = "sealed";
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static string Write(object parameters) => JsonSerializer.Serialize(parameters, Options);

    /// <summary>The same parameters without the sealed ones.</summary>
    public static string WithoutSecrets(string json)
    {
        var all = JsonNode.Parse(json)!.AsObject();
        foreach (var secret in all.Where(p => p.Value is JsonObject o && o.ContainsKey(Sealed)).ToList())
            all.Remove(secret.Key);
        return all.ToJsonString(Options);
    }

    /// <summary>A parameter's text, or null where it is missing or sealed.</summary>
    public static string? Find(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Object
            ? value.ToString()
            : null;
    }

    /// <summary>Every parameter as its reader sees it.</summary>
    /// <param name="json">The parameters.</param>
    /// <param name="language">The reader's.</param>
    /// <param name="open">Opens a sealed value; null: sealed values are left out.</param>
    public static Dictionary<string, string> Read(string json, CultureInfo language, Func<byte[], string>? open = null)
    {
        using var document = JsonDocument.Parse(json);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in document.RootElement.EnumerateObject())
        {
            if (parameter.Value.ValueKind != JsonValueKind.Object)
                values[parameter.Name] = Text(parameter.Value, language);
            else if (parameter.Value.TryGetProperty(Sealed, out var secret))
            {
                if (open is not null)
                    values[parameter.Name] = open(secret.GetBytesFromBase64());
            }
            else if (parameter.Value.TryGetProperty(language.TwoLetterISOLanguageName, out var text))
                values[parameter.Name] = text.ToString();
        }
        return values;
    }

    private static string Text(JsonElement value, CultureInfo language)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value.ToString();
        var text = value.GetString()!;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return NoticeText.Day(date, language);
        return value.TryGetDateTimeOffset(out var time) ? NoticeText.Moment(time, language) : text;
    }
}
