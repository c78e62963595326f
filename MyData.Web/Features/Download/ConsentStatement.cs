using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Localization;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Download;

/// <summary>
/// The words she agrees to or refuses. The page shows exactly these lines, and the receipt carries their hash, so that what
/// she read can be shown again from the receipt.
/// </summary>
public sealed class ConsentStatement
{
    private const int FieldsAtFirst = 4;

    internal ConsentStatement(IReadOnlyList<StatementLine> lines) => Lines = lines;

    public IReadOnlyList<StatementLine> Lines { get; }

    /// <summary>base64url(SHA-256) of the lines, each "term: words", joined by line feeds, in UTF-8.</summary>
    public string Hash => Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines))));

    public static ConsentStatement For(
        DownloadSelection selection,
        TimeSpan retention,
        IStringLocalizer<DownloadText> text
    )
    {
        var lines = new List<StatementLine>();
        foreach (var view in selection.DataSets)
        {
            var separator = text["ListSeparator"].Value;
            var fields = selection.FieldsOf(view).Select(field => field.Label.Here()).ToList();
            var words = text["StatementGives", view.Provider.Name.Here(), string.Join(separator, fields)];
            lines.Add(new(view.Listing.Name.Here(), words) { Summary = Summary(view, fields, text) });
            foreach (var parameter in view.Listing.Parameters)
            {
                if (selection.ValueOf(view, parameter) is { } value)
                    lines.Add(new(parameter.Label.Here(), value));
            }
            if (!view.SealedByProvider)
                lines.Add(new(text["StatementSealing"], text["StatementSealedOnArrival"]));
        }
        lines.Add(
            new(
                text["StatementPurpose"],
                selection.For is { } service
                    ? text["StatementForCounter", service.Name.Here(), service.Organisation.Here()]
                    : text["StatementOwnUse"]
            )
        );
        lines.Add(new(text["StatementTimes"], text["StatementOnce"]));
        lines.Add(new(text["StatementKeeping"], text["StatementKept", retention.TotalHours]));
        lines.Add(new(text["StatementRecipient"], text["StatementThisBrowser"]));
        return new(lines);
    }

    /// <summary>Many fields are folded behind their first few; all of them are on the page all the same.</summary>
    private static string? Summary(DataSetView view, List<string> fields, IStringLocalizer<DownloadText> text) =>
        fields.Count <= FieldsAtFirst + 2
            ? null
            : text[
                "StatementGivesShort",
                view.Provider.Name.Here(),
                string.Join(text["ListSeparator"].Value, fields.Take(FieldsAtFirst)),
                fields.Count
            ].Value;
}

/// <summary>One line of the statement. <see cref="Summary"/> may stand before the words that it shortens.</summary>
public sealed record StatementLine(string Term, string Words)
{
    public string? Summary { get; init; }

    public override string ToString() => $"{Term}: {Words}";
}
