namespace MyData.Web.Features.Open;

public static class OpenUrls
{
    public const string Verify = "/verify";

    /// <summary>Where she opens, in her browser, what a consent brought.</summary>
    public static string Open(Guid consentId) => $"/open/{consentId}";
}
