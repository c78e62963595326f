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
    public const string Restart = "/signin/restart";
    public const string Wait = "/signin/wait";
    public const string SignOut = "/signout";
    public const string SignedOut = "/signout/done";
    public const string Cleared = "/signout/done?cleared=yes";

    /// <param name="back">Where to go afterwards: a path of this portal.</param>
    /// <param name="level">Asks for methods that reach this level, of who is signed in already.</param>
    /// <param name="methods">Asks for one of these methods, of who is signed in already; null: any.</param>
    public static string SignIn(
        string? back = null,
        AssuranceLevel level = AssuranceLevel.None,
        IReadOnlyList<string>? methods = null
    )
    {
        var query = new QueryString();
        foreach (var method in methods ?? [])
            query = query.Add("method", method);
        if (level > AssuranceLevel.None)
            query = query.Add("level", ((int)level).ToString(CultureInfo.InvariantCulture));
        if (back is { Length: > 0 } and not "/")
            query = query.Add("back", back);
        return SignInPath + query;
    }

    /// <summary>Asks who is signed in already to prove it once more.</summary>
    public static string Again(string back) => $"{SignIn(back)}&again=yes";

    /// <summary>The sign-in page, saying why the last try led nowhere.</summary>
    /// <param name="back">what she wanted is kept for the next try</param>
    public static string Problem(string code, string? back = null)
    {
        var page = SignIn(back);
        return $"{page}{(page.Length > SignInPath.Length ? '&' : '?')}problem={Uri.EscapeDataString(code)}";
    }

    /// <summary>A method's page, with what the sign-in page was asked for.</summary>
    public static string WithBack(string page, string? back, AssuranceLevel level) =>
        page + SignIn(back, level)[SignInPath.Length..];
}
