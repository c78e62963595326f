namespace MyData.Web.Features.Consent;

public static class ConsentsUrls
{
    /// <summary>All her consents, by recipient.</summary>
    public const string Page = "/consents";

    public const string WithdrawRoute = "/consents/{id:guid}/withdraw";
    public const string PauseRoute = "/consents/{id:guid}/pause";
    public const string ResumeRoute = "/consents/{id:guid}/resume";
    public const string StrikeRoute = "/consents/{id:guid}/strike";

    /// <summary>The plain second question, and where its answer goes.</summary>
    public static string Withdraw(Guid requestId) => $"/consents/{requestId}/withdraw";

    public static string Pause(Guid requestId) => $"/consents/{requestId}/pause";

    public static string Resume(Guid requestId) => $"/consents/{requestId}/resume";

    /// <summary>The second question for one item, and where its answer goes.</summary>
    public static string Strike(Guid requestId, string dataSet) =>
        $"/consents/{requestId}/strike?item={Uri.EscapeDataString(dataSet)}";

    /// <summary>The page, saying that this one is taken back.</summary>
    public static string Done(Guid requestId) => $"{Page}?done={requestId}";

    /// <summary>The page, saying that there was nothing left to take back.</summary>
    public static string Settled(Guid requestId) => $"{Page}?settled={requestId}";

    /// <summary>The page, saying what has become of a standing one.</summary>
    public static string Changed(Guid requestId) => $"{Page}?changed={requestId}#consent-{requestId}";

    /// <summary>The page, saying that an item of this one is struck.</summary>
    public static string Struck(Guid requestId) => $"{Page}?struck={requestId}#consent-{requestId}";
}
