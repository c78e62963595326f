using System.Text.Json;
using System.Text.RegularExpressions;

namespace MyData.Tests.Sandbox;

/// <summary>
/// The part of JSON Schema (draft 2020-12) that the data sets use. A keyword that it does not know is an error, so that no rule
/// of a schema goes unchecked.
/// </summary>
public static class SchemaCheck
{
    private static readonly string[] Annotations = ["$schema", "$id", "title", "titleEn", "format", "contentEncoding"];

    /// <summary>What is wrong, a line each; empty where the value conforms.</summary>
    public static List<string> Errors(JsonElement schema, JsonElement value)
    {
        var errors = new List<string>();
        Check(schema, value, "", errors);
        return errors;
    }

    private static void Check(JsonElement schema, JsonElement value, string path, List<string> errors)
    {
        foreach (var rule in schema.EnumerateObject().Where(rule => !Annotations.Contains(rule.Name)))
        {
            var holds = rule.Name switch
            {
                "type" => IsOf(rule.Value.GetString()!, value),
                "required" => rule.Value.EnumerateArray().All(n => value.TryGetProperty(n.GetString()!, out _)),
                "additionalProperties" => !rule.Value.GetBoolean() && Known(schema, value),
                "pattern" => Regex.IsMatch(value.GetString()!, rule.Value.GetString()!),
                "enum" => rule.Value.EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)),
                "minimum" => value.GetDouble() >= rule.Value.GetDouble(),
                "maximum" => value.GetDouble() <= rule.Value.GetDouble(),
                "contentMediaType" => IsPicture(rule.Value.GetString()!, value.GetString()!),
                "properties" => Into(rule.Value, value, path, errors),
                "items" => Each(rule.Value, value, path, errors),
                _ => throw new InvalidOperationException($"Unknown keyword {rule.Name}"),
            };
            if (!holds)
                errors.Add($"{path}: {rule.Name} {rule.Value.GetRawText()} does not hold for {value.GetRawText()}");
        }
        if (
            schema.TryGetProperty("format", out var format)
            && format.GetString() == "roc-date"
            && !IsDay(value.GetString()!)
        )
            errors.Add($"{path}: no such day {value}");
    }

    private static bool Into(JsonElement properties, JsonElement value, string path, List<string> errors)
    {
        foreach (var property in properties.EnumerateObject())
        {
            if (value.TryGetProperty(property.Name, out var inner))
                Check(property.Value, inner, $"{path}/{property.Name}", errors);
        }
        return true;
    }

    private static bool Each(JsonElement items, JsonElement value, string path, List<string> errors)
    {
        foreach (var (index, item) in value.EnumerateArray().Index())
            Check(items, item, $"{path}/{index}", errors);
        return true;
    }

    private static bool Known(JsonElement schema, JsonElement value) =>
        value.EnumerateObject().All(p => schema.GetProperty("properties").TryGetProperty(p.Name, out _));

    private static bool IsOf(string type, JsonElement value) =>
        type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            _ => throw new InvalidOperationException($"Unknown type {type}"),
        };

    private static bool IsPicture(string type, string base64) =>
        type == "image/png"
        && Convert
            .FromBase64String(base64)
            .AsSpan()
            .StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    private static bool IsDay(string roc) =>
        roc.Length == 7
        && DateOnly.TryParseExact($"{int.Parse(roc[..3]) + 1911:D4}{roc[3..]}", "yyyyMMdd", null, default, out _);
}
