using System.Diagnostics.CodeAnalysis;

namespace MyData.Core.Citizens;

/// <summary>
/// An address that mail can be sent to: the dot-atom form of RFC 5321 §4.1.2 in ASCII, which every mail server takes. Quoted
/// local parts, address literals and anything that could end a header line are refused.
/// </summary>
public sealed record EmailAddress
{
    private const int Longest = 254;
    private const int LongestLocalPart = 64;
    private const string Symbols = "!#$%&'*+-/=?^_`{|}~";

    private EmailAddress(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        var typed = text?.Trim();
        if (typed is not { Length: > 3 and <= Longest } || typed.Split('@') is not [var local, var domain])
            return false;
        if (local.Length > LongestLocalPart || !Dotted(local, IsAtom))
            return false;
        if (!domain.Contains('.', StringComparison.Ordinal) || !Dotted(domain, IsHost))
            return false;
        address = new EmailAddress($"{local}@{domain.ToLowerInvariant()}");
        return true;
    }

    public override string ToString() => $"{Value[..1]}…@{Value.Split('@')[1]}";

    private static bool Dotted(string text, Func<string, bool> part) => text.Split('.').All(part);

    private static bool IsAtom(string part) =>
        part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || Symbols.Contains(c, StringComparison.Ordinal));

    private static bool IsHost(string part) =>
        part.Length is > 0 and <= 63
        && part[0] != '-'
        && part[^1] != '-'
        && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
