using MyData.Core.History;

namespace MyData.Web.Features.History;

public static class HistoryUrls
{
    public const string Page = "/history";
    public const string Csv = "/history/export.csv";
    public const string Json = "/history/export.json";
    public const string Complaints = "/history/complaints";
    public const string Ledger = "/history/ledger.json";
    public const string LineReceiptRoute = "/history/{lineId:long}/receipt";
    public const string ComplainRoute = "/history/{lineId:long}/complaint";

    /// <summary>The page, or an export, with what she chose in the address, so that a link shows the same again.</summary>
    public static string With(string path, HistoryFilter filter, long? cursor = null) =>
        path + HistoryFilterQuery.Write(filter, cursor);

    public static string Complain(long lineId) => $"/history/{lineId}/complaint";

    /// <summary>The record of a line with its proof, as one file.</summary>
    public static string LineReceipt(long lineId) => $"/history/{lineId}/receipt";

    public static string Complaint(string number) => $"/history/complaints/{Uri.EscapeDataString(number)}";

    /// <summary>The signed receipt of a decision.</summary>
    public static string Receipt(Guid consentId) => $"/receipts/{consentId}.jws";

    /// <summary>Where the data of a consent can be followed and opened.</summary>
    public static string Download(Guid consentId) => $"/download/{consentId}";
}
