using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MyData.Core.Counter;

/// <summary>A ticket's number as it stands in its code: ten characters of Crockford's base32, 50 random bits (protocols.md A6).</summary>
public sealed record TicketNumber
{
    public const int Length = 10;

    /// <summary>No I, L, O, U: they can be read aloud and typed.</summary>
    internal const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private TicketNumber(string value) => Value = value;

    public string Value { get; }

    public static TicketNumber New() => new(RandomNumberGenerator.GetString(Letters, Length));

    /// <summary>Only the exact form: what a scanner or a person makes of it, the clerk's browser puts right.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out TicketNumber? number)
    {
        number = text is { Length: Length } && text.All(Letters.Contains) ? new(text) : null;
        return number is not null;
    }

    public override string ToString() => Value;
}
