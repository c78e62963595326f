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
    private ConsentStatement(IReadOnlyList<(string Term, string Words)> lines) => Lines = lines;

    public IReadOnlyList<(string Term, string Words)> Lines { get; }

    /// <summary>base64url(SHA-256) of the lines, each "term: words", joined by line feeds, in UTF-8.</summary>
    public string Hash =>
        Base64UrlText.Encode(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(string.Join('\n', Lines.Select(line => $"{line.Term}: {line.Words}")))
            )
        );

    public static ConsentStatement For(
        DownloadSelection selection,
        TimeSpan retention,
        IStringLocalizer<DownloadText> text
    )
    {
        var lines = new List<(string, string)>();
        foreach (var view in selection.DataSets)
        {
            var separator = text["ListSeparator"].Value;
            var fields = string.Join(separator, view.Fields.Select(field => field.Label.Here()));
            lines.Add((view.Listing.Name.Here(), text["StatementGives", view.Provider.Name.Here(), fields]));
            foreach (var parameter in view.Listing.Parameters)
            {
                if (selection.ValueOf(view, parameter) is { } value)
                    lines.Add((parameter.Label.Here(), value));
            }
            if (!view.SealedByProvider)
                lines.Add((text["StatementSealing"], text["StatementSealedOnArrival"]));
        }
        lines.Add((text["StatementPurpose"], text["StatementOwnUse"]));
        lines.Add((text["StatementTimes"], text["StatementOnce"]));
        lines.Add((text["StatementKeeping"], text["StatementKept", retention.TotalHours]));
        lines.Add((text["StatementRecipient"], text["StatementThisBrowser"]));
        return new(lines);
    }
}
