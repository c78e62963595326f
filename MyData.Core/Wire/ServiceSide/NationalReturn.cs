using MyData.Core.Catalog;
using MyData.Core.Services;
using MyData.Core.Transfers;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>Where she is led back to, and with which code (protocols.md B2): the registered address and no other.</summary>
public sealed class NationalReturn(IProviderAddresses addresses)
{
    public const int Ok = 200;
    public const int Refused = 205;
    public const int Quota = 206;
    public const int BadPath = 400;
    public const int NotAllowed = 401;
    public const int NoIds = 403;
    public const int WrongReturnUrl = 404;
    public const int TimeOut = 408;
    public const int OtherPerson = 409;
    public const int SpApiFailed = 410;
    public const int Suspended = 423;
    public const int Stopped = 501;
    public const int ProviderError = 504;

    /// <summary>The registered address, as browsers are led to it.</summary>
    public string Registered(OnlineServiceListing service) =>
        addresses.ForBrowsers(service.RedirectUris[0]).AbsoluteUri;

    /// <param name="txId">null where there is none that could be given back</param>
    /// <param name="query">that the service's own address came with</param>
    public string Address(OnlineServiceListing service, string? txId, string? query, int code)
    {
        var parts = new List<string>();
        if (query is { Length: > 0 })
            parts.Add(query);
        parts.Add($"code={code}");
        if (txId is not null)
            parts.Add($"tx_id={Uri.EscapeDataString(SharedSecret.Encrypt(service.National!, txId))}");
        return $"{Registered(service)}?{string.Join('&', parts)}";
    }

    /// <summary>Of a request: what became of it is said in its row.</summary>
    public string Address(RequestView view, int code) =>
        Address(view.Service, view.Content.National!.TxId, view.Content.National.Query, code);

    /// <summary>What the service is told of how a request ended.</summary>
    /// <param name="transfers">its ways, where it came that far</param>
    public static int CodeOf(string code, IEnumerable<(Transfer Transfer, WireFormat Wire)> transfers) =>
        code switch
        {
            ServiceCodes.Declined or ServiceCodes.Withdrawn => Refused,
            ServiceCodes.Suspended => Suspended,
            ServiceCodes.NotFetched => CodeOf(transfers),
            ServiceCodes.CodeExpired or WireCodes.SpApi => SpApiFailed,
            WireCodes.OtherPerson => OtherPerson,
            _ => TimeOut,
        };

    // The first that failed: the format has one code for all.
    private static int CodeOf(IEnumerable<(Transfer Transfer, WireFormat Wire)> transfers)
    {
        var failed = transfers.FirstOrDefault(one => one.Transfer.State == TransferState.Failed);
        return failed.Transfer?.Code switch
        {
            // On the national wire "429" to the end: so many calls it does not take.
            TransferCodes.NeverReady when failed.Wire == WireFormat.National => Quota,
            TransferCodes.NeverReady or TransferCodes.Timeout or TransferCodes.TooSlow => TimeOut,
            TransferCodes.Delisted or TransferCodes.Maintenance => Stopped,
            _ => ProviderError,
        };
    }
}
