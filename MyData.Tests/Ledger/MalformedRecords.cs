using System.Text;

namespace MyData.Tests.Ledger;

/// <summary>Records with one thing wrong each.</summary>
internal static class MalformedRecords
{
    private static readonly string Good = Encoding.UTF8.GetString(SampleRecords.Full.ToBytes());
    private static readonly string Small = Encoding.UTF8.GetString(SampleRecords.Small().ToBytes());

    public static IEnumerable<Malformed> All() =>
        Bytes().Concat(Changed().Select(one => new Malformed("record", one.Name, LogHouse.Bytes(one.Text), one.Code)));

    private static IEnumerable<Malformed> Bytes()
    {
        yield return new("record", "empty", [], "record.format");
        yield return new("record", "not UTF-8", [.. LogHouse.Bytes(Good[..40]), 0xc0, 0x80], "record.utf8");
        yield return new("record", "byte order mark", [0xef, 0xbb, 0xbf, .. LogHouse.Bytes(Good)], "record.format");
        yield return new("record", "too large", LogHouse.Bytes(Good + new string(' ', 8_192)), "record.too_large");
        yield return new("sent", "tags already", SampleRecords.Full.ToBytes(), "record.sub");
        yield return new("record", "tags missing", SampleRecords.Full.ToSentBytes(), "record.sub");
    }

    private static IEnumerable<(string Name, string Text, string Code)> Changed()
    {
        yield return ("an array", "[]", "record.format");
        yield return ("an empty object", "{}", "record.format");
        yield return ("no end", Good[..^1], "record.format");
        yield return ("more behind", Good + "{}", "record.format");
        yield return ("newline behind", Good + "\n", "record.format");
        yield return ("blank in front", " " + Good, "record.canonical");
        yield return ("blank behind a comma", Swap(",\"kid\"", ", \"kid\""), "record.canonical");
        yield return ("blank behind a colon", Swap("\"n\":1", "\"n\": 1"), "record.canonical");
        yield return ("blank in a list", Swap("[\"name\",", "[\"name\", "), "record.canonical");
        yield return ("blank in front of the end", Good[..^1] + " }", "record.canonical");
        yield return ("comma at the end", Good[..^1] + ",}", "record.format");
        yield return ("two commas", Swap(",\"kid\"", ",,\"kid\""), "record.format");
        yield return ("name without quotes", Swap("\"kid\"", "kid"), "record.format");
        yield return ("unknown member", Swap(",\"kid\"", ",\"ip\":\"127.0.0.1\",\"kid\""), "record.unknown_member");
        yield return ("member in capitals", Swap("\"kid\"", "\"Kid\""), "record.unknown_member");
        yield return ("escaped member", Swap("\"kid\"", "\"k\\u0069d\""), "record.unknown_member");
        yield return ("member twice", Swap(",\"kid\"", ",\"idm\":\"x\",\"kid\""), "record.duplicate_member");
        yield return (
            "members swapped",
            Swap("\"n\":1,\"op\":\"data.answer\"", "\"op\":\"data.answer\",\"n\":1"),
            "record.order"
        );
        foreach (var name in new[] { "from", "id", "kid", "op", "res", "to", "via" })
            yield return ($"without {name}", Without(name), "record.missing_member");
        yield return ("without v", Small.Replace("\"v\":1,", ""), "record.missing_member");
        yield return ("without why", Small.Replace(",\"why\":\"law\"", ""), "record.missing_member");
        yield return ("version 2", Swap("\"v\":1", "\"v\":2"), "record.version");
        yield return ("version 10^20", Swap("\"v\":1", "\"v\":100000000000000000000"), "record.value");
        yield return ("version as text", Swap("\"v\":1", "\"v\":\"1\""), "record.type");
        yield return ("number with a point", Swap("\"n\":1", "\"n\":1.0"), "record.type");
        yield return ("number with an exponent", Swap("\"n\":1", "\"n\":1e0"), "record.type");
        yield return ("number with a zero", Swap("\"n\":1", "\"n\":01"), "record.format");
        yield return ("negative number", Swap("\"n\":1", "\"n\":-1"), "record.value");
        yield return ("null", Swap("\"n\":1", "\"n\":null"), "record.type");
        yield return ("65 persons", Swap("\"n\":1", "\"n\":65"), "record.value");
        yield return ("two persons, one tag", Swap("\"n\":1", "\"n\":2"), "record.sub");
        yield return ("time after 9999", Swap("\"t\":1795000000123", "\"t\":253402300800000"), "record.value");
        yield return ("text as a number", Swap("\"kid\":\"mydata-2026-1\"", "\"kid\":7"), "record.type");
        yield return ("text as an object", Swap("\"kid\":\"mydata-2026-1\"", "\"kid\":{}"), "record.type");
        yield return ("empty text", Swap("mydata-2026-1", ""), "record.value");
        yield return ("long text", Swap("mydata-2026-1", new string('a', 257)), "record.too_long");
        yield return ("long text of wide letters", Swap("mydata-2026-1", new string('字', 86)), "record.too_long");
        yield return (
            "text without an end",
            Good[..(Good.IndexOf("mydata-2026-1", StringComparison.Ordinal) + 5)],
            "record.format"
        );
        yield return ("raw newline", Swap("mydata-2026-1", "a\nb"), "record.format");
        yield return ("raw delete", Swap("mydata-2026-1", "a\u007fb"), "record.canonical");
        yield return ("raw bidi", Swap("mydata-2026-1", "a\u202eb"), "record.canonical");
        yield return ("raw zero width", Swap("mydata-2026-1", "a\u200bb"), "record.canonical");
        yield return ("raw tag letter", Swap("mydata-2026-1", "a\U000e0041b"), "record.canonical");
        yield return ("escape not needed", Swap("mydata-2026-1", "\\u0061"), "record.canonical");
        yield return ("escaped slash", Swap("mydata-2026-1", "a\\/b"), "record.canonical");
        yield return ("escape in capitals", Swap("mydata-2026-1", "a\\u202Eb"), "record.canonical");
        yield return ("long escape of a newline", Swap("mydata-2026-1", "a\\u000ab"), "record.canonical");
        yield return ("no such escape", Swap("mydata-2026-1", "a\\x41"), "record.format");
        yield return ("cut escape", Swap("mydata-2026-1", "a\\u12"), "record.format");
        yield return ("half a pair", Swap("mydata-2026-1", "a\\ud800b"), "record.text");
        yield return ("pair turned round", Swap("mydata-2026-1", "a\\udc00\\ud800"), "record.text");
        yield return ("field twice", Swap("\"birthdate\"", "\"name\""), "record.value");
        yield return ("no fields", Swap("[\"name\",\"birthdate\",\"address\"]", "[]"), "record.type");
        yield return ("fields as text", Swap("[\"name\",\"birthdate\",\"address\"]", "\"name\""), "record.type");
        yield return ("too many fields", Swap("[\"name\",", $"[{Fields(126)},\"name\","), "record.too_long");
        yield return ("short hash", Swap("\"act\":\"Ag", "\"act\":\""), "record.value");
        yield return ("hash with padding", Swap("AgI\",\"con\"", "AgI=\",\"con\""), "record.value");
        yield return ("hash with bits behind", Swap("AgI\",\"con\"", "AgJ\",\"con\""), "record.value");
        yield return ("short tag", Swap("\"sub\":[\"AQ", "\"sub\":[\""), "record.value");
        yield return ("id in capitals", Swap("-7abc-8def", "-7ABC-8DEF"), "record.id");
        yield return ("id of version 4", Swap("-7abc-", "-4abc-"), "record.id");
        yield return ("id of another variant", Swap("-8def-", "-cdef-"), "record.id");
        yield return ("id without hyphens", Swap("0193b3a1-7c1e", "0193b3a17c1e"), "record.id");
        yield return ("short signature", Swap("\"up\":\"CA", "\"up\":\""), "record.up");
        yield return ("signature with half a path", Swap("CAgICA\",\"v\"", "CAgICA.0.1\",\"v\""), "record.up");
        yield return ("place outside the batch", Swap("CAgICA\",\"v\"", "CAgICA.5.5.\",\"v\""), "record.up");
        yield return ("batch too large", Swap("CAgICA\",\"v\"", "CAgICA.0.1025.\",\"v\""), "record.up");
        yield return (
            "signed for nobody said",
            Good.Replace(Member("who"), "", StringComparison.Ordinal),
            "record.who"
        );
    }

    private static string Swap(string old, string with)
    {
        Assert.Contains(old, Good, StringComparison.Ordinal);
        return Good.Replace(old, with, StringComparison.Ordinal);
    }

    private static string Without(string name) =>
        Small.Replace(Member(name, Small), "", StringComparison.Ordinal).Replace("{,", "{");

    private static string Member(string name, string? json = null)
    {
        json ??= Good;
        var start = json.IndexOf($"\"{name}\":\"", StringComparison.Ordinal);
        var end = json.IndexOf("\",\"", start, StringComparison.Ordinal);
        return json[start..(end + 2)];
    }

    private static string Fields(int count) => string.Join(',', Enumerable.Range(0, count).Select(n => $"\"f{n}\""));
}
