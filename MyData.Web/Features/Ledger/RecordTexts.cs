using Microsoft.Extensions.Localization;

namespace MyData.Web.Features.Ledger;

/// <summary>The words with which a module shows a record: labels of members, and what the codes mean.</summary>
public static class RecordTexts
{
    private static readonly string[] Prefixes = ["Member-", "Op-", "record-"];

    public static Dictionary<string, string> Of(IStringLocalizer<LedgerText> text) =>
        text.GetAllStrings(includeParentCultures: true)
            .Where(one => Prefixes.Any(prefix => one.Name.StartsWith(prefix, StringComparison.Ordinal)))
            .GroupBy(one => one.Name, StringComparer.Ordinal)
            .ToDictionary(one => one.Key, one => one.First().Value, StringComparer.Ordinal);
}
