namespace MyData.Web.Features.Ledger;

/// <summary>A year's log below one prefix, as C2SP's static paths (c2sp.org/tlog-tiles).</summary>
public static class LedgerUrls
{
    public const string Prefix = "/ledger/{year:int}";
    public const string Checkpoint = $"{Prefix}/checkpoint";
    public const string Policy = $"{Prefix}/policy";
    public const string Tile = $"{Prefix}/tile/{{**path}}";

    public static string Of(int year) => FormattableString.Invariant($"/ledger/{year}");
}
