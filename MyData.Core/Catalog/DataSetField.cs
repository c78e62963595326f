using System.Text.Json;

namespace MyData.Core.Catalog;

/// <summary>What a field holds, in the terms that a citizen is told.</summary>
public enum FieldKind
{
    Text,
    Date,
    Money,
    Number,
    Choice,
    Picture,
    Table,
}

/// <summary>One field of a data set, as its JSON Schema describes it.</summary>
public sealed record DataSetField
{
    public required string Name { get; init; }

    /// <summary>The schema's <c>title</c> and <c>titleEn</c>.</summary>
    public required LocalText Label { get; init; }

    public required FieldKind Kind { get; init; }
    public required bool Required { get; init; }

    /// <summary>The allowed values of a <see cref="FieldKind.Choice"/>, as they stand in the data.</summary>
    public required IReadOnlyList<string> Choices { get; init; }

    /// <summary>The columns of a <see cref="FieldKind.Table"/>.</summary>
    public required IReadOnlyList<DataSetField> Columns { get; init; }

    /// <summary>The fields at the root of a data set's JSON Schema, in its order.</summary>
    /// <exception cref="FormatException">The text is not a schema of an object whose fields have labels in both languages.</exception>
    public static IReadOnlyList<DataSetField> Parse(string schema)
    {
        try
        {
            using var document = JsonDocument.Parse(schema);
            return Properties(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("Not the JSON Schema of a data set.", error);
        }
    }

    private static IReadOnlyList<DataSetField> Properties(JsonElement schema)
    {
        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet()
            : [];
        return [.. schema.GetProperty("properties").EnumerateObject().Select(p => One(p, required.Contains(p.Name)))];
    }

    private static DataSetField One(JsonProperty property, bool required)
    {
        var (name, schema) = (property.Name, property.Value);
        return new DataSetField
        {
            Name = name,
            Label = new LocalText(Words(schema, "title", name), Words(schema, "titleEn", name)),
            Kind = KindOf(schema),
            Required = required,
            Choices = schema.TryGetProperty("enum", out var values)
                ? [.. values.EnumerateArray().Select(value => value.ToString())]
                : [],
            Columns =
                schema.TryGetProperty("items", out var items) && items.TryGetProperty("properties", out _)
                    ? Properties(items)
                    : [],
        };
    }

    private static string Words(JsonElement schema, string member, string name) =>
        schema.TryGetProperty(member, out var label) && label.GetString() is { Length: > 0 } text
            ? text
            : throw new FormatException($"The field '{name}' has no '{member}'.");

    private static FieldKind KindOf(JsonElement schema) =>
        (Member(schema, "type"), Member(schema, "format")) switch
        {
            ("array", _) => FieldKind.Table,
            (_, "roc-date" or "date") => FieldKind.Date,
            (_, "twd") => FieldKind.Money,
            ("integer" or "number", _) => FieldKind.Number,
            _ when Member(schema, "contentMediaType") is ['i', 'm', 'a', 'g', 'e', '/', ..] => FieldKind.Picture,
            _ when schema.TryGetProperty("enum", out _) => FieldKind.Choice,
            _ => FieldKind.Text,
        };

    private static string? Member(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
