using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace MyData.Core.Encryption;

/// <summary>JSON as JOSE wants it (RFC 7515 §4, RFC 7516 §4): one object, UTF-8, no member twice on any level, no comments.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Of one object: what names of members may take in memory while they are compared.</summary>
    private const int MostMembers = 10_000;

    /// <summary>For writing: "ECDH-ES+A256KW" as it is read, not with an escape for the plus. None of it goes into HTML.</summary>
    public static JsonSerializerOptions Plain { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonWriterOptions PlainWriter { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="EncryptionException">with the given code</exception>
    public static JsonElement ParseObject(ReadOnlySpan<byte> utf8, string code)
    {
        if (!Utf8.IsValid(utf8))
            throw new EncryptionException(code, "The JSON is not UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(utf8.ToArray(), Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new EncryptionException(code, "The JSON is not an object.");
            return document.RootElement.Clone();
        }
        // A name with half a surrogate pair: the framework finds it while it looks for duplicates, and throws this.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EncryptionException(code, "The JSON is malformed, nested too deep or has a member twice.", e);
        }
    }

    /// <summary>
    /// Whether the root's member is this text. One walk that keeps only the names in the objects that are open: a parsed JSON takes twelve
    /// bytes for every token of an agency's choice. Members that stand twice are refused on every level, as the browser does.
    /// </summary>
    /// <exception cref="EncryptionException">with the given code</exception>
    public static bool RootTextIs(ReadOnlySpan<byte> utf8, string name, string expected, string code)
    {
        if (!Utf8.IsValid(utf8))
            throw new EncryptionException(code, "The JSON is not UTF-8.");
        try
        {
            return RootTextIs(new Utf8JsonReader(utf8), name, expected, code);
        }
        // The latter for a name with half a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EncryptionException(code, "The JSON is malformed or nested too deep.", e);
        }
    }

    private static bool RootTextIs(Utf8JsonReader reader, string name, string expected, string code)
    {
        var open = new Stack<HashSet<string>>();
        var found = false;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(new(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    var members = open.Peek();
                    if (members.Count == MostMembers || !members.Add(reader.GetString()!))
                        throw new EncryptionException(code, "An object has a member twice, or too many.");
                    found |= reader.CurrentDepth == 1 && reader.ValueTextEquals(name) && IsText(ref reader, expected);
                    break;
            }
        }
        return found;
    }

    // On a copy, so that the walk still sees the value's own members.
    private static bool IsText(ref readonly Utf8JsonReader atName, string expected)
    {
        var value = atName;
        return value.Read() && value.TokenType == JsonTokenType.String && value.ValueTextEquals(expected);
    }

    public static JsonElement ParseObject(string json, string code) => ParseObject(Encoding.UTF8.GetBytes(json), code);

    /// <summary>The member as text, null where absent. A member of another kind is refused.</summary>
    public static string? Text(JsonElement json, string name, string code)
    {
        if (!json.TryGetProperty(name, out var value))
            return null;
        return TextOf(value) ?? throw new EncryptionException(code, $"The member {name} is not a string.");
    }

    /// <summary>The string, or null for another kind and for text with a lone surrogate.</summary>
    public static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Refuses an object unless its members are exactly these, in any order.</summary>
    public static void Exactly(JsonElement json, string code, params ReadOnlySpan<string> names)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new EncryptionException(code, "An object was expected.");
        foreach (var name in names)
        {
            if (!json.TryGetProperty(name, out _))
                throw new EncryptionException(code, $"The member {name} is missing.");
        }
        foreach (var member in json.EnumerateObject())
        {
            if (!names.Contains(member.Name))
                throw new EncryptionException(code, $"Unknown member {EncryptionException.Quote(member.Name)}.");
        }
    }
}
