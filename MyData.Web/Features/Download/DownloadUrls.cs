using Microsoft.AspNetCore.Http.Extensions;

namespace MyData.Web.Features.Download;

public static class DownloadUrls
{
    public const string Details = "/download";
    public const string Consent = "/download/consent";

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

    /// <summary>A step of the journey with what is chosen so far.</summary>
    public static string With(string path, IEnumerable<KeyValuePair<string, string>> chosen) =>
        path + new QueryBuilder(chosen).ToQueryString();
}
