using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;
using MyData.Core.Citizens;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>As it was sent; null where it is no text.</summary>
internal sealed record SentHold(string? Until, string? By);

/// <summary>
/// What a calling system sends: <c>{"record":…,"persons":["A123456789"],"salt":"…"}</c>, and <c>held_until</c> and <c>held_by</c> where a law delays
/// that it is displayed to them. The record stands there in its canonical bytes;
/// persons and salt open its member <c>who</c>, and stay in memory until the persons have become pseudonyms.
/// </summary>
internal sealed class SentEnvelope
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 5 };

    public required LedgerRecord Record { get; init; }

    /// <summary>In clear: never logged, never stored.</summary>
    public required IReadOnlyList<NationalId> Persons { get; init; }

    /// <summary>Until which day the content is not displayed to the persons, and by which law; null: it is displayed at once.</summary>
    public SentHold? Hold { get; init; }

    /// <exception cref="LedgerException"><c>sent.json</c></exception>
    public static JsonDocument Json(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        // A member's name may be half a surrogate pair: JSON to some, and no text.
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new LedgerException("sent.json", "The body is not JSON, or a member is there twice.", failure);
        }
    }

    /// <summary>How many persons it names, well or badly.</summary>
    public static int CountPersons(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("persons"u8, out var persons)
        && persons.ValueKind == JsonValueKind.Array
            ? persons.GetArrayLength()
            : 0;

    /// <exception cref="LedgerException">
    /// <c>sent.member</c>, <c>sent.persons</c>, <c>sent.salt</c>, <c>sent.who</c>, and those of <see cref="LedgerRecord.ParseSent"/>
    /// </exception>
    public static SentEnvelope Parse(JsonElement json)
    {
        Require(json.ValueKind == JsonValueKind.Object, "sent.member", "An object was expected.");
        (JsonElement Record, JsonElement Persons, JsonElement Salt, JsonElement Until, JsonElement By) found = default;
        foreach (var member in json.EnumerateObject())
        {
            if (member.NameEquals("record"u8))
                found.Record = member.Value;
            else if (member.NameEquals("persons"u8))
                found.Persons = member.Value;
            else if (member.NameEquals("salt"u8))
                found.Salt = member.Value;
            else if (member.NameEquals("held_until"u8))
                found.Until = member.Value;
            else if (member.NameEquals("held_by"u8))
                found.By = member.Value;
            else
                throw new LedgerException(
                    "sent.member",
                    "There are record, persons, salt, held_until and held_by, and nothing else."
                );
        }
        Require(found.Record.ValueKind == JsonValueKind.Object, "sent.member", "The member record is an object.");
        var record = LedgerRecord.ParseSent(JsonMarshal.GetRawUtf8Value(found.Record));
        var persons = ReadPersons(found.Persons);
        Require(persons.Count == record.Persons, "sent.persons", "As many persons as the record's n says.");
        RequireWho(record, persons, ReadSalt(found.Salt));
        return new SentEnvelope
        {
            Record = record,
            Persons = persons,
            Hold = ReadHold(found.Until, found.By),
        };
    }

    // The number itself and no other spelling, since what was hashed must be what is looked up.
    private static List<NationalId> ReadPersons(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined)
            return [];
        Require(json.ValueKind == JsonValueKind.Array, "sent.persons", "The persons are an array.");
        return PersonsOf(json.EnumerateArray().Select(ReadText));
    }

    /// <exception cref="LedgerException"><c>sent.persons</c></exception>
    public static List<NationalId> PersonsOf(IEnumerable<string?> texts)
    {
        var persons = new List<NationalId>();
        foreach (var text in texts)
        {
            Require(
                NationalId.TryParse(text, out var id) && id.Value == text && !persons.Contains(id),
                "sent.persons",
                "Each person is a national ID number, ten characters, and none is there twice."
            );
            persons.Add(id!);
        }
        return persons;
    }

    // Null where it is none: half a surrogate pair is JSON, and no text.
    private static string? ReadText(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static SentHold? ReadHold(JsonElement until, JsonElement by) =>
        until.ValueKind == JsonValueKind.Undefined && by.ValueKind == JsonValueKind.Undefined
            ? null
            : new SentHold(ReadText(until), ReadText(by));

    private static byte[]? ReadSalt(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined)
            return null;
        return SaltOf(ReadText(json) ?? "");
    }

    /// <exception cref="LedgerException"><c>sent.salt</c></exception>
    public static byte[] SaltOf(string text)
    {
        var good = text.Length == 43 && Base64Url.IsValid(text);
        Require(good, "sent.salt", "The salt is base64url of 32 bytes.");
        return Base64Url.DecodeFromChars(text);
    }

    private static void RequireWho(LedgerRecord record, List<NationalId> persons, byte[]? salt)
    {
        Require(
            (record.PersonsHash is null) == (salt is null) && (salt is not null || persons.Count == 0),
            "sent.who",
            "Persons need who in the record and its salt beside it."
        );
        if (salt is null)
            return;
        var who = SaltedHash.OfPersons(salt, persons.Select(person => person.Value));
        Require(who.AsSpan().SequenceEqual(record.PersonsHash), "sent.who", "who is not the hash of these persons.");
    }

    private static void Require(bool condition, string code, string message)
    {
        if (!condition)
            throw new LedgerException(code, message);
    }
}
