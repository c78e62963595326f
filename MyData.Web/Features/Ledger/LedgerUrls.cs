using System.Globalization;

namespace MyData.Web.Features.Ledger;

/// <summary>A year's log below one prefix: C2SP's static paths (c2sp.org/tlog-tiles), what proves, and the pages that show it.</summary>
public static class LedgerUrls
{
    public const string Prefix = "/ledger/{year:int}";
    public const string Checkpoint = $"{Prefix}/checkpoint";
    public const string Policy = $"{Prefix}/policy";
    public const string Tile = $"{Prefix}/tile/{{**path}}";
    public const string Consistency = $"{Prefix}/consistency";
    public const string Proofs = $"{Prefix}/proofs";
    public const string Tags = $"{Prefix}/tags";
    public const string ReceiptRoute = $"{Prefix}/records/{{index:long}}/receipt";
    public const string Viewer = "/ledger";
    public const string EvidenceRoute = "/ledger/incidents/{id}/{side}";

    /// <summary>What was ours, or stood there.</summary>
    public const string Ours = "ours";

    /// <summary>What a witness showed, or belongs there.</summary>
    public const string Theirs = "theirs";

    public static string Evidence(string incident, string side) => $"/ledger/incidents/{incident}/{side}";

    public static string Of(int year) => FormattableString.Invariant($"/ledger/{year}");

    public static string Records(int year) => $"{Of(year)}/records";

    public static string Record(int year, long index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Records(year)}/{index}");

    /// <summary>The record and its proof in one <c>.tlog-proof</c> file.</summary>
    public static string Receipt(int year, long index) => $"{Record(year, index)}/receipt";

    public static string Compare(int year, long? from = null, long? to = null) =>
        from is null
            ? $"{Of(year)}/compare"
            : string.Create(CultureInfo.InvariantCulture, $"{Of(year)}/compare?from={from}&to={to}");
}
