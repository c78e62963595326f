using Microsoft.AspNetCore.Http.Extensions;
using MyData.Core.Catalog;

namespace MyData.Web.Features.Download;

public static class DownloadUrls
{
    public const string Details = "/download";
    public const string Consent = "/download/consent";

    /// <summary>Takes the form of the details page.</summary>
    public const string FillIn = "/download/details";

    /// <summary>Takes the form of the consent page.</summary>
    public const string Decide = "/download/decide";

    public const string TooMany = "/download/too-many";
    public const string TooOften = "/download/too-often";
    public const string ProgressRoute = "/download/{consentId:guid}";
    public const string DoneRoute = "/download/{consentId:guid}/done";
    public const string ReportRoute = "/download/{consentId:guid}/report";
    public const string PackageRoute = "/relay/{transferId:guid}/package";
    public const string ReceiptRoute = "/receipts/{consentId:guid}.jws";

    public static string Progress(Guid consentId) => $"/download/{consentId}";

    public static string Done(Guid consentId) => $"/download/{consentId}/done";

    public static string Report(Guid consentId) => $"/download/{consentId}/report";

    public static string Package(Guid transferId) => $"/relay/{transferId}/package";

    public static string Receipt(Guid consentId) => $"/receipts/{consentId}.jws";

    public static string Open(Guid consentId) => $"/open/{consentId}";

    /// <summary>A step of the journey with what is chosen so far: data sets and the name of a draft, nothing that she typed.</summary>
    public static string With(string path, DownloadSelection selection, IEnumerable<DataSetView>? without = null)
    {
        var query = new QueryBuilder { { "ds", selection.DataSets.Except(without ?? []).Select(view => view.Id) } };
        if (selection.For is { } service)
            query.Add(DownloadSelection.ForKey, service.Id);
        if (selection.Draft is { } draft)
            query.Add("draft", draft);
        return path + query.ToQueryString();
    }

    /// <summary>The details page, saying what is wrong with what she filled in.</summary>
    public static string Checked(DownloadSelection selection) => $"{With(Details, selection)}&check=1";

    /// <summary>The same question again, with the parameters of that consent.</summary>
    public static string Again(Guid consentId, string dataSet) =>
        $"{Details}?ds={Uri.EscapeDataString(dataSet)}&again={consentId}";
}
