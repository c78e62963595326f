namespace MyData.Web.Features.Account;

public static class AccountUrls
{
    public const string Account = "/account";
    public const string Contact = "/account/contact";
    public const string ContactCode = "/account/contact/code";
    public const string ContactRemove = "/account/contact/remove";
    public const string Preferences = "/account/preferences";
    public const string Held = "/account/data";
    public const string HeldJson = "/account/data.json";
    public const string Passkeys = "/account/passkeys";
    public const string PasskeyOptions = "/account/passkeys/options";
    public const string Sessions = "/account/sessions";
    public const string EndOthers = "/account/sessions/end-others";
    public const string Close = "/account/close";

    public static string PasskeyName(Guid id) => $"/account/passkeys/{id}/name";

    public static string PasskeyRemove(Guid id) => $"/account/passkeys/{id}/remove";

    public static string EndSession(Guid id) => $"/account/sessions/{id}/end";

    /// <summary>The page, saying what was done.</summary>
    public static string Done(string page, string what) => $"{page}?done={what}";
}
