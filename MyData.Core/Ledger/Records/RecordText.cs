using System.Buffers;
using System.Globalization;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// Strings of a canonical record: those of RFC 8785 §3.2.2.2, and besides every character that a reader would not see, or that would turn
/// the text around it (controls, bidirectional marks, zero width, tags), as <c>\uXXXX</c>. So a record is one line in any viewer, and a
/// caller who uses none of those characters can take any JSON canonicalization library. Text is not normalized: what is equal under a
/// Unicode version must not decide what was signed.
/// </summary>
internal static class RecordText
{
    /// <summary>UTF-8 bytes of the longest text.</summary>
    public const int MaxBytes = 256;

    public static void Append(StringBuilder json, string text)
    {
        json.Append('"');
        if (text.AsSpan().ContainsAnyExcept(PlainCharacters))
            AppendSpecial(json, text);
        else
            json.Append(text);
        json.Append('"');
    }

    private static void AppendSpecial(StringBuilder json, string text)
    {
        // Enumerating runes puts U+FFFD in the place of half a pair, and that would change what is recorded.
        RequirePairs(text);
        foreach (var rune in text.EnumerateRunes())
            Append(json, rune);
    }

    /// <summary>Characters that stand for themselves and need no second look: ASCII but quote and backslash.</summary>
    public static SearchValues<byte> Plain { get; } =
        SearchValues.Create([
            .. Enumerable.Range(' ', '~' - ' ' + 1).Where(c => c is not ('"' or '\\')).Select(c => (byte)c),
        ]);

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\')),
    ]);

    /// <summary>The text that stands between two quotes, if it is spelled as <see cref="Append(StringBuilder, string)"/> does.</summary>
    /// <exception cref="LedgerException"><c>record.format</c>, <c>record.text</c> (half a surrogate pair), <c>record.canonical</c></exception>
    public static string Read(ReadOnlySpan<byte> raw)
    {
        var text = Unescape(Encoding.UTF8.GetString(raw));
        var again = new StringBuilder();
        Append(again, text);
        if (!Encoding.UTF8.GetBytes(again.ToString()).AsSpan()[1..^1].SequenceEqual(raw))
            throw new LedgerException("record.canonical", "A text is spelled in another way.");
        return text;
    }

    private static void RequirePairs(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var alone =
                char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i]));
            if (alone)
                throw new LedgerException("record.text", "Half a surrogate pair.");
        }
    }

    private static void Append(StringBuilder json, Rune rune)
    {
        var name = rune.Value switch
        {
            '"' or '\\' => (char)rune.Value,
            '\b' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\f' => 'f',
            '\r' => 'r',
            _ => '\0',
        };
        if (name != '\0')
        {
            json.Append('\\').Append(name);
            return;
        }
        Span<char> units = stackalloc char[2];
        foreach (var unit in units[..rune.EncodeToUtf16(units)])
        {
            if (IsHidden(rune.Value))
                json.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            else
                json.Append(unit);
        }
    }

    /// <summary>Written out, and not asked of the framework: the set must not change with a Unicode version.</summary>
    private static bool IsHidden(int rune) =>
        rune
            is < 0x20
                or (>= 0x7F and <= 0x9F)
                or 0xAD
                or 0x61C
                or 0x180E
                or (>= 0x200B and <= 0x200F)
                or (>= 0x2028 and <= 0x202E)
                or (>= 0x2060 and <= 0x206F)
                or 0xFEFF
                or (>= 0xFFF9 and <= 0xFFFB)
                or (>= 0xE0000 and <= 0xE007F);

    private static string Unescape(string raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] < ' ')
                throw new LedgerException("record.format", "A control character inside a text.");
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }
            var name = ++i < raw.Length ? raw[i] : '\0';
            var at = "\"\\/bfnrt".IndexOf(name, StringComparison.Ordinal);
            if (at >= 0)
                text.Append("\"\\/\b\f\n\r\t"[at]);
            else if (name == 'u' && i + 4 < raw.Length && raw.AsSpan(i + 1, 4).IndexOfAnyExcept(Hex) < 0)
                text.Append(
                    (char)ushort.Parse(raw.AsSpan(++i, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                );
            else
                throw new LedgerException("record.format", "There is no such escape.");
            i += name == 'u' ? 3 : 0;
        }
        return text.ToString();
    }

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");
}
