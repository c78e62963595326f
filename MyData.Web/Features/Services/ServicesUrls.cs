namespace MyData.Web.Features.Services;

public static class ServicesUrls
{
    /// <summary>The online services, for everybody.</summary>
    public const string List = "/services";

    /// <summary>Says that there is no such request (any more).</summary>
    public const string Over = "/services/over";

    public const string RequestRoute = "/services/requests/{id:guid}";
    public const string DeclineRoute = RequestRoute + "/decline";
    public const string FetchRoute = RequestRoute + "/fetch";
    public const string HandOverRoute = RequestRoute + "/hand-over";
    public const string StateRoute = RequestRoute + "/state";

    /// <summary>Leads from a consent to the request that it was given for.</summary>
    public const string ConsentRoute = "/services/consents/{consentId:guid}";

    /// <summary>What services call with their token, below the resource that it is for.</summary>
    public const string PackageRoute =
        MyData.Core.Services.ServiceTokens.Resource + "/transfers/{transferId:guid}/package";
    public const string ReceiptRoute =
        MyData.Core.Services.ServiceTokens.Resource + "/transfers/{transferId:guid}/receipt";

    /// <summary>What services call with a signed answer, or to ask for their events (RFC 8936).</summary>
    public const string DeletionRoute =
        MyData.Core.Services.ServiceTokens.Resource + "/transfers/{transferId:guid}/deletion";
    public const string EventsRoute = MyData.Core.Services.ServiceTokens.Resource + "/events";

    public static string Request(Guid id) => $"/services/requests/{id}";

    public static string Decline(Guid id) => $"{Request(id)}/decline";

    public static string Fetch(Guid id) => $"{Request(id)}/fetch";

    public static string HandOver(Guid id) => $"{Request(id)}/hand-over";

    public static string State(Guid id) => $"{Request(id)}/state";

    public static string Consent(Guid consentId) => $"/services/consents/{consentId}";

    /// <summary>The page again, saying what was wrong.</summary>
    public static string Problem(Guid id, string code) => $"{Request(id)}?problem={code}";
}
