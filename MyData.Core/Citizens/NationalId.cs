using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MyData.Core.Citizens;

/// <summary>
/// A checked national ID number (國民身分證統一編號) or a resident's number of the same form (second character 8 or 9).
/// Source: protocols.md Part C (one letter, nine digits, weighted sum divisible by ten).
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class NationalId : IEquatable<NationalId>
{
    // The authority handed these codes out in the order in which districts were named, so I, O, W, Y and Z stand apart.
    private const string LettersFromTen = "ABCDEFGHJKLMNPQRSTUVXYWZIO";

    private static ReadOnlySpan<byte> Weights => [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1];

    private NationalId(string value) => Value = value;

    /// <summary>The ten characters in clear. Personal data: never log it, never put it into a URL.</summary>
    public string Value { get; }

    /// <summary>True for a resident's number (second character 8 or 9), false for a citizen's (1 or 2).</summary>
    public bool IsResident => Value[1] is '8' or '9';

    /// <summary>Reads what a person types: surrounding spaces, lower case and full-width forms are accepted.</summary>
    /// <exception cref="FormatException">The text is not a valid number. The message does not repeat it.</exception>
    public static NationalId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Not a valid national ID number.");

    /// <summary>As <see cref="Parse"/>, but false in place of an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NationalId? id)
    {
        id = null;
        if (text is null || text.Length > 64)
        {
            return false;
        }
        var typed = string.Create(text.Length, text, static (span, t) => Narrow(t, span)).Trim();
        if (!HasForm(typed) || !SumHolds(typed))
        {
            return false;
        }
        id = new NationalId(typed);
        return true;
    }

    /// <summary>The digit that completes a letter and eight digits (such as <c>A12345678</c>) to a valid number.</summary>
    /// <exception cref="FormatException">Not a letter, a second character of 1, 2, 8 or 9, and seven digits.</exception>
    public static NationalId Complete(string firstNine)
    {
        for (var last = '0'; last <= '9'; last++)
        {
            if (TryParse(firstNine + last, out var id))
            {
                return id;
            }
        }
        throw new FormatException("Not the beginning of a national ID number.");
    }

    /// <summary>The number with its middle hidden, <c>A1******89</c>, so that nothing that prints an object gives it away.</summary>
    public override string ToString() => $"{Value[..2]}******{Value[8..]}";

    public bool Equals(NationalId? other) =>
        other is not null && string.Equals(Value, other.Value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as NationalId);

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    public static bool operator ==(NationalId? left, NationalId? right) => Equals(left, right);

    public static bool operator !=(NationalId? left, NationalId? right) => !Equals(left, right);

    private static void Narrow(string text, Span<char> target)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i] is >= '\uFF01' and <= '\uFF5E' ? (char)(text[i] - 0xFEE0) : text[i];
            target[i] = c is >= 'a' and <= 'z' ? (char)(c - 32) : c;
        }
    }

    private static bool HasForm(string id) =>
        id.Length == 10
        && char.IsAsciiLetterUpper(id[0])
        && id[1] is '1' or '2' or '8' or '9'
        && id.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool SumHolds(string id)
    {
        var code = LettersFromTen.IndexOf(id[0], StringComparison.Ordinal) + 10;
        var sum = (code / 10 * Weights[0]) + (code % 10 * Weights[1]);
        for (var i = 1; i < id.Length; i++)
        {
            sum += (id[i] - '0') * Weights[i + 1];
        }
        return sum % 10 == 0;
    }
}
