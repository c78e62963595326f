using System.Net;

namespace MyData.Core.Catalog;

/// <summary>What a service on the national wire must register (protocols.md B2).</summary>
internal static class NationalChecks
{
    private const int SecretLength = 16;

    public static void Check(OnlineServiceListing service, NationalClient national)
    {
        Require(
            service,
            service is { ClientKeys: [], RecipientKey: "", EventUrl: null, JwksUri: null },
            "it has no keys and no events"
        );
        Require(
            service,
            service.RedirectUris is [{ } back] && !back.Contains('?'),
            "it has one returnUrl, without a query"
        );
        Require(
            service,
            IsSecret(national.Secret) && IsSecret(national.CbcIv),
            "client_secret and cbc_iv are 16 characters each"
        );
        Require(service, national.Secret != national.CbcIv, "client_secret and cbc_iv differ");
        Require(
            service,
            !national.SpApi.Contains('#')
                && (
                    national.SpApi is ['/', not '/', ..]
                    || national.SpApi.StartsWith("https://", StringComparison.Ordinal)
                ),
            "its SP-API is an https address without a fragment"
        );
        Require(service, national.Addresses.Count > 0, "it fetches from somewhere");
        Require(
            service,
            national.Addresses.All(IsNarrow),
            "its addresses are addresses, or ranges of /16 (IPv6: /32) at most"
        );
    }

    private static bool IsSecret(string text) => text.Length == SecretLength && text.All(c => c is > ' ' and <= '~');

    // A range that is as good as everywhere is no list.
    private static bool IsNarrow(string text) =>
        IPAddress.TryParse(text, out _)
        || (
            IPNetwork.TryParse(text, out var range)
            && range.PrefixLength
                >= (range.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 16 : 32)
        );

    private static void Require(OnlineServiceListing service, bool holds, string rule) =>
        ListingChecks.Require(holds, service.Id, rule);
}
