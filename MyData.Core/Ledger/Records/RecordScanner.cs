using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace MyData.Core.Ledger;

/// <summary>Which form of a record: what the caller sent has no tags yet.</summary>
internal enum RecordForm
{
    Stored,
    Sent,
}

/// <summary>
/// Reads a canonical record in one pass, and nothing else: the order of the members is fixed, so what fits nowhere is refused where it
/// stands. Keeps where each value is; allocates nothing for plain ASCII.
/// </summary>
internal ref struct RecordScanner
{
    public const int MaxBytes = 8 * 1024;
    public const int MaxPersons = 64;
    private const int MaxFields = 128;
    private const int HashCharacters = 43;
    private const int TagCharacters = 22;

    // The end of the year 9999, as far as the framework's times go.
    private const long MaxTime = 253_402_300_799_999;

    private static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);

    private readonly ReadOnlySpan<byte> _json;
    private readonly Span<Range> _values;
    private int _at;
    private int _seen;
    private int _tags;
    private long _persons;

    private RecordScanner(ReadOnlySpan<byte> json, Span<Range> values)
    {
        _json = json;
        _values = values;
    }

    /// <summary>Which members there are, a bit each; their values, with the quotes, are written to <paramref name="values"/>.</summary>
    /// <param name="values">as many as <see cref="RecordMembers.Count"/></param>
    /// <exception cref="LedgerException">the codes <c>record.*</c> of the README</exception>
    public static int Scan(ReadOnlySpan<byte> json, RecordForm form, Span<Range> values)
    {
        Require(json.Length <= MaxBytes, "record.too_large", "The record is larger than 8 kB.");
        Require(Utf8.IsValid(json), "record.utf8", "The record is not UTF-8.");
        var scanner = new RecordScanner(json, values);
        scanner.Object();
        scanner.Whole(form);
        return scanner._seen;
    }

    private void Object()
    {
        Take((byte)'{');
        for (var next = 0; ; next++)
        {
            next = Member(next);
            var start = _at;
            Value(next);
            _values[next] = start.._at;
            _seen |= 1 << next;
            if (Peek() == ',')
                _at++;
            else
                break;
        }
        Take((byte)'}');
        Require(_at == _json.Length, "record.format", "Something stands behind the record.");
    }

    /// <summary>The member whose name stands here, which must be one of those still to come.</summary>
    private int Member(int next)
    {
        var rest = _json[_at..];
        for (var member = next; member < RecordMembers.Count; member++)
        {
            if (!rest.StartsWith(RecordMembers.Token(member)))
                continue;
            _at += RecordMembers.Token(member).Length;
            return member;
        }
        RefuseBlank();
        for (var member = 0; member < next; member++)
        {
            if (!rest.StartsWith(RecordMembers.Token(member)))
                continue;
            var twice = (_seen & 1 << member) != 0;
            throw twice
                ? new LedgerException("record.duplicate_member", $"{RecordMembers.Name(member)} is there twice.")
                : new LedgerException("record.order", $"{RecordMembers.Name(member)} comes too late.");
        }
        Require(Peek() == '"' && rest.Length > 1, "record.format", "A member's name was expected.");
        throw new LedgerException("record.unknown_member", "A record has no such member.");
    }

    private void Value(int member)
    {
        switch (RecordMembers.Kind(member))
        {
            case MemberKind.Text:
                Text();
                break;
            case MemberKind.Integer:
                Integer(member);
                break;
            case MemberKind.Hash:
                Require(IsBytes(Text(), HashCharacters), "record.value", "Not 32 bytes in base64url.");
                break;
            case MemberKind.Id:
                Require(IsUuid7(Text()), "record.id", "The id is not a UUID of version 7, in lower case.");
                break;
            case MemberKind.Signature:
                Require(
                    CallerSignature.IsWellFormed(Text(CallerSignature.MaxBytes)),
                    "record.up",
                    "Not a signature, nor one with a path."
                );
                break;
            case MemberKind.Texts:
                Fields();
                break;
            default:
                Tags();
                break;
        }
    }

    private void Tags()
    {
        for (Take((byte)'[', "record.type"); ; Take((byte)','))
        {
            Require(_tags++ < MaxPersons, "record.too_long", "More than 64 tags.");
            Require(IsBytes(Text(), TagCharacters), "record.value", "Not 16 bytes in base64url.");
            if (Peek() == ']')
                break;
        }
        Take((byte)']');
    }

    private void Fields()
    {
        Span<Range> items = stackalloc Range[MaxFields];
        var count = 0;
        for (Take((byte)'[', "record.type"); ; Take((byte)','))
        {
            Require(count < MaxFields, "record.too_long", "More than 128 fields.");
            var start = _at;
            Text();
            items[count] = start.._at;
            foreach (var before in items[..count++])
                Require(!_json[before].SequenceEqual(_json[start.._at]), "record.value", "A field is there twice.");
            if (Peek() == ']')
                break;
        }
        Take((byte)']');
    }

    /// <summary>A text's characters as they stand between the quotes, checked.</summary>
    private ReadOnlySpan<byte> Text(int limit = RecordText.MaxBytes)
    {
        Take((byte)'"', "record.type");
        var rest = _json[_at..];
        var end = rest.IndexOfAnyExcept(RecordText.Plain);
        var plain = end >= 0 && rest[end] == '"';
        if (!plain)
            end = ClosingQuote(rest);
        Require(end >= 0, "record.format", "A text does not end.");
        _at += end + 1;
        var raw = rest[..end];
        var length = plain ? raw.Length : Encoding.UTF8.GetByteCount(RecordText.Read(raw));
        Require(length > 0, "record.value", "A text is empty.");
        Require(length <= limit, "record.too_long", "A text is longer than its member takes.");
        return raw;
    }

    private static int ClosingQuote(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at += text[at] == '\\' ? 2 : 1)
        {
            if (text[at] == '"')
                return at;
        }
        return -1;
    }

    private void Integer(int member)
    {
        var rest = _json[_at..];
        var length = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        Require(length > 0, Peek() == '-' ? "record.value" : TypeOrBlank(), "An integer was expected.");
        Require(rest[length] is not ((byte)'.' or (byte)'e' or (byte)'E'), "record.type", "Not an integer.");
        Require(length == 1 || rest[0] != '0', "record.format", "A leading zero.");
        Require(LogText.TryDecimal(rest[..length], out var value), "record.value", "The number is too large.");
        _at += length;
        switch (member)
        {
            case RecordMembers.V:
                Require(value == LedgerRecord.Version, "record.version", "Not a record of version 1.");
                break;
            case RecordMembers.N:
                Require(value <= MaxPersons, "record.value", "More than 64 persons.");
                _persons = value;
                break;
            default:
                Require(value <= MaxTime, "record.value", "The time is after the year 9999.");
                break;
        }
    }

    private readonly void Whole(RecordForm form)
    {
        var missing = RecordMembers.Required & ~_seen;
        if (missing != 0)
        {
            var name = RecordMembers.Name(System.Numerics.BitOperations.TrailingZeroCount(missing));
            throw new LedgerException("record.missing_member", $"{name} is missing.");
        }
        Require(form == RecordForm.Sent ? _tags == 0 : _tags == _persons, "record.sub", "Not one tag for each person.");
        var signedForPersons = (_seen & 1 << RecordMembers.Up) != 0 && _persons > 0;
        var named = (_seen & 1 << RecordMembers.Who) != 0;
        Require(!signedForPersons || named, "record.who", "The caller's signature does not say for whom.");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly byte Peek() => _at < _json.Length ? _json[_at] : (byte)0;

    private void Take(byte expected, string code = "record.format")
    {
        if (Peek() != expected)
            RefuseBlank();
        Require(Peek() == expected, code, "Another value was expected here.");
        _at++;
    }

    private readonly string TypeOrBlank()
    {
        RefuseBlank();
        return "record.type";
    }

    private readonly void RefuseBlank() =>
        Require(
            Peek() is not ((byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r'),
            "record.canonical",
            "A blank between two parts."
        );

    private static bool IsBytes(ReadOnlySpan<byte> text, int characters) =>
        text.Length == characters && CallerSignature.IsBase64Url(text);

    // 8-4-4-4-12 lower-case hex digits, with the version and the variant of RFC 9562 §5.7.
    private static bool IsUuid7(ReadOnlySpan<byte> text) =>
        text.Length == 36
        && IsHex(text[..8])
        && text[8] == '-'
        && IsHex(text[9..13])
        && text[13] == '-'
        && text[14] == '7'
        && IsHex(text[15..18])
        && text[18] == '-'
        && text[19] is ((byte)'8' or (byte)'9' or (byte)'a' or (byte)'b')
        && IsHex(text[20..23])
        && text[23] == '-'
        && IsHex(text[24..]);

    private static bool IsHex(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(LowerHex);

    // Inlined, with the throw outside: this is asked a hundred times for each record of an audit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Require(bool condition, string code, string message)
    {
        if (!condition)
            Refuse(code, message);
    }

    [DoesNotReturn]
    private static void Refuse(string code, string message) => throw new LedgerException(code, message);
}
