using System.Text;

namespace MyData.Core.Catalog;

/// <summary>What somebody looks for; nothing set means everything.</summary>
public sealed record CatalogueQuery
{
    /// <summary>Words that must all occur, in any order, in names, descriptions, agencies or fields of either language.</summary>
    public string? Text { get; init; }

    public string? Category { get; init; }
    public string? ProviderId { get; init; }
}

/// <summary>Text made comparable: width, case and 臺/台 differ between keyboards, not between meanings.</summary>
internal static class Folded
{
    private const int LongestText = 200;
    private const int MostWords = 10;

    // 臺 and 台 are the same character to whoever looks for 臺南 or 台南.
    public static string Text(string text) => Normal(text).ToUpperInvariant().Replace('\u81FA', '\u53F0');

    public static IReadOnlyList<string> Words(string? text) =>
        string.IsNullOrWhiteSpace(text)
            ? []
            :
            [
                .. Text(text[..Math.Min(text.Length, LongestText)])
                    .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                    .Take(MostWords),
            ];

    // Normalize refuses lone surrogates and noncharacters, which a hostile or a cut text may hold; a Rune is never the former.
    private static string Normal(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => IsNoncharacter(rune) ? Rune.ReplacementChar : rune))
            .Normalize(NormalizationForm.FormKC);

    private static bool IsNoncharacter(Rune rune) =>
        (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;
}
