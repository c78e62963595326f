using System.Buffers;
using MyData.Core.Citizens;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// What other systems write into a record's texts is public for ever: codes alone, and no national ID number among them. Only what is
/// taken is held to it; the log's form is wider.
/// </summary>
internal static class SentCodes
{
    /// <summary>Bytes, and characters too.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@ -"
    );

    /// <exception cref="LedgerException"><c>sent.text</c></exception>
    public static void Require(LedgerRecord record)
    {
        string?[] texts = [record.From, record.To, record.Reason, record.Operation, record.Result, record.Identity];
        foreach (var text in texts.OfType<string>().Concat(record.Fields))
        {
            if (text.Length > MaxLength || text.AsSpan().ContainsAnyExcept(Alphabet))
                throw new LedgerException("sent.text", "Codes have at most 128 of A-Z a-z 0-9 . _ : / @ - and space.");
            if (HasNumber(text))
                throw new LedgerException("sent.text", "A code has the form of a national ID number.");
        }
    }

    /// <summary>Whether this is a code, and not a national ID number.</summary>
    public static bool IsCode(string text) =>
        text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExcept(Alphabet) && !HasNumber(text);

    private static bool HasNumber(string text)
    {
        for (var start = 0; start < text.Length; start++)
        {
            var end = start;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
                end++;
            if (end > start && NationalId.TryParse(text[start..end], out _))
                return true;
            start = end;
        }
        return false;
    }
}
