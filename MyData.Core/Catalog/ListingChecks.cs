using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MyData.Core.Citizens;

namespace MyData.Core.Catalog;

/// <summary>What a listing must hold before anybody is shown it or the platform calls it; the first fault is told.</summary>
internal static class ListingChecks
{
    private const int LongestId = 64;
    private const int LongestText = 1000;

    public static void Check(IReadOnlyList<ProviderListing> listings)
    {
        Unique(listings.Select(provider => provider.Id), "agency");
        Unique(listings.Select(provider => provider.ClientId), "client id");
        Unique(listings.SelectMany(provider => provider.DataSets).Select(set => set.Id), "data set");
        foreach (var provider in listings)
        {
            Id(provider.Id);
            Id(provider.ClientId);
            Texts(provider.Id, provider.Name, provider.ShortName);
            Require(
                new StringInfo(provider.Glyph).LengthInTextElements == 1,
                provider.Id,
                "its glyph is one character"
            );
            Require(
                provider.CertificateSha256.Length == 64 && provider.CertificateSha256.All(char.IsAsciiHexDigitLower),
                provider.Id,
                "its certificate's digest is 64 lower-case hex digits"
            );
            foreach (var set in provider.DataSets)
                DataSet(set);
        }
    }

    private static void DataSet(DataSetListing set)
    {
        Id(set.Id);
        Texts(set.Id, set.Name, set.Description);
        Require(set.Category.Length > 0 && set.Category.All(char.IsAsciiLetterLower), set.Id, "its category is a word");
        Require(set.SchemaVersion >= 1, set.Id, "its schema has a version from 1");
        Require(set.Level is > AssuranceLevel.None and <= AssuranceLevel.LoA4, set.Id, "its level is LoA1 to LoA4");
        Require(set.Methods.Count > 0, set.Id, "it accepts a method of proof");
        Require(set.UsualWait >= TimeSpan.Zero, set.Id, "its usual wait is not negative");
        Schema(set);
        foreach (var parameter in set.Parameters)
            Parameter(set.Id, parameter);
    }

    private static void Schema(DataSetListing set)
    {
        try
        {
            Texts(set.Id, [.. DataSetField.Parse(set.Schema).Select(field => field.Label)]);
        }
        catch (FormatException error)
        {
            throw new CatalogueException($"{set.Id}: {error.Message}", error);
        }
    }

    private static void Parameter(string dataSetId, ParameterListing parameter)
    {
        Texts(dataSetId, parameter.Label, parameter.Hint);
        try
        {
            Require(
                Matches(parameter, parameter.Example),
                dataSetId,
                $"the example of {parameter.Name} fits its pattern"
            );
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new CatalogueException($"{dataSetId}: the pattern of {parameter.Name} is not one.", error);
        }
    }

    /// <summary>Whether the whole value fits; linear in its length whatever the pattern.</summary>
    public static bool Matches(ParameterListing parameter, string value) =>
        Regex.IsMatch(
            value,
            $@"\A(?:{parameter.Pattern})\z",
            RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(1)
        );

    private static void Id(string id) =>
        Require(
            id.Length is > 0 and <= LongestId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'),
            id,
            "an id has up to 64 letters, digits, dots, hyphens and underscores"
        );

    private static void Texts(string id, params IReadOnlyList<LocalText> texts)
    {
        foreach (var text in texts.SelectMany(text => new[] { text.Zh, text.En }))
        {
            Require(
                text.Length is > 0 and <= LongestText,
                id,
                "its texts have 1 to 1,000 characters in both languages"
            );
            Require(text.EnumerateRunes().All(IsPlain), id, "its texts are plain");
        }
    }

    // Control characters, and format characters such as bidi overrides, can make a name read as another.
    private static bool IsPlain(Rune rune) =>
        rune.Value != 0xFFFD
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format);

    private static void Unique(IEnumerable<string> ids, string what)
    {
        if (ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new CatalogueException($"The {what} {twice.Key} is listed twice.");
    }

    private static void Require(bool holds, string id, string rule)
    {
        if (!holds)
            throw new CatalogueException($"{id}: {rule}.");
    }
}
