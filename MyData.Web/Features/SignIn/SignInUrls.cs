using System.Globalization;
using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

public static class SignInUrls
{
    public const string SignInPath = "/signin";
    public const string Documents = "/signin/documents";
    public const string UpstreamStart = "/signin/oidc/start";
    public const string UpstreamCallback = "/signin/oidc/callback";
    public const string Passkey = "/signin/passkey";
    public const string PasskeyOptions = "/signin/passkey/options";
    public const string Welcome = "/signin/welcome";
    public const string SignOut = "/signout";
    public const string SignedOut = "/signout/done";
    public const string SharedComputer = "/signout/shared";

    /// <param name="back">Where to go afterwards: a path of this portal.</param>
    /// <param name="level">Asks for methods that reach this level, of who is signed in already.</param>
    public static string SignIn(string? back = null, AssuranceLevel level = AssuranceLevel.None)
    {
        var query = new QueryString();
        if (level > AssuranceLevel.None)
            query = query.Add("level", ((int)level).ToString(CultureInfo.InvariantCulture));
        if (back is { Length: > 0 } and not "/")
            query = query.Add("back", back);
        return SignInPath + query;
    }
}
