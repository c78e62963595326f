namespace MyData.Web.Features.Staff;

/// <summary>The staff's cookies, each a random value. Strict: no link from elsewhere opens a page of the staff as one of them.</summary>
public static class StaffCookies
{
    private const string SessionName = "__Host-staff";
    private const string CheckName = "__Host-staff-check";

    public static string? Session(HttpContext context) => context.Request.Cookies[SessionName];

    public static string? Check(HttpContext context) => context.Request.Cookies[CheckName];

    public static void SetSession(HttpContext context, string value)
    {
        context.Response.Cookies.Append(SessionName, value, Options(null));
        context.Response.Cookies.Delete(CheckName, Options(null));
    }

    public static void SetCheck(HttpContext context, string value, TimeSpan life) =>
        context.Response.Cookies.Append(CheckName, value, Options(life));

    public static void DeleteSession(HttpContext context) =>
        context.Response.Cookies.Delete(SessionName, Options(null));

    private static CookieOptions Options(TimeSpan? life) =>
        new()
        {
            Path = "/",
            HttpOnly = true,
            Secure = true,
            SameSite = SameSiteMode.Strict,
            IsEssential = true,
            MaxAge = life,
        };
}
