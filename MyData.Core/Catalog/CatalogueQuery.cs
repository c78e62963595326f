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

    public static string Text(string text) => Normal(text).ToUpperInvariant().Replace('臺', '台');

    public static IReadOnlyList<string> Words(string? text) =>
        string.IsNullOrWhiteSpace(text)
            ? []
            :
            [
                .. Text(text[..Math.Min(text.Length, LongestText)])
                    .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                    .Take(MostWords),
            ];

    // Normalize refuses lone surrogates, which a cut or a hostile text may hold: they become U+FFFD first.
    private static string Normal(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Normalize(NormalizationForm.FormKC);
}
