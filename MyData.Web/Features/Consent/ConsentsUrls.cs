namespace MyData.Web.Features.Consent;

public static class ConsentsUrls
{
    /// <summary>All her consents, by recipient.</summary>
    public const string Page = "/consents";

    public const string WithdrawRoute = "/consents/{id:guid}/withdraw";

    /// <summary>The plain second question, and where its answer goes.</summary>
    public static string Withdraw(Guid requestId) => $"/consents/{requestId}/withdraw";

    /// <summary>The page, saying that this one is taken back.</summary>
    public static string Done(Guid requestId) => $"{Page}?done={requestId}";

    /// <summary>The page, saying that there was nothing left to take back.</summary>
    public static string Settled(Guid requestId) => $"{Page}?settled={requestId}";
}
