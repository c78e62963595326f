namespace MyData.Web.Features.SignIn;

/// <summary>The cookies of signing in. Each holds a random value and nothing else.</summary>
public static class SessionCookie
{
    /// <summary>The session. Its value is changed at every change of level.</summary>
    public const string Name = "__Host-mydata";

    /// <summary>The sign-in under way.</summary>
    public const string CheckName = "__Host-signin";

    public static string? Read(HttpContext context) => context.Request.Cookies[Name];

    public static string? ReadCheck(HttpContext context) => context.Request.Cookies[CheckName];

    public static void Write(HttpContext context, string value) =>
        context.Response.Cookies.Append(Name, value, Options(null));

    public static void WriteCheck(HttpContext context, string value, TimeSpan life) =>
        context.Response.Cookies.Append(CheckName, value, Options(life));

    public static void Delete(HttpContext context) => context.Response.Cookies.Delete(Name, Options(null));

    public static void DeleteCheck(HttpContext context) => context.Response.Cookies.Delete(CheckName, Options(null));

    // Always Secure, on http://localhost too: browsers count it as a secure place, and __Host- is refused without it.
    internal static CookieOptions Options(TimeSpan? life) =>
        new()
        {
            Path = "/",
            HttpOnly = true,
            Secure = true,
            SameSite = SameSiteMode.Lax,
            IsEssential = true,
            MaxAge = life,
        };
}
