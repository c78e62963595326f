using System.Globalization;
using Microsoft.AspNetCore.Localization;
using MyData.Web.Hosting;

namespace MyData.Web.Layout;

/// <summary>Language and light or dark, kept in two plain cookies; both work without script.</summary>
public static class Preferences
{
    private const string ThemeCookie = "theme";
    public static readonly IReadOnlyList<string> Themes = ["auto", "light", "dark"];

    public static string Theme(HttpContext context) =>
        context.Request.Cookies[ThemeCookie] is { } theme && Themes.Contains(theme) ? theme : "auto";

    /// <summary>Makes the language of this page the one that she chose, where she has not chosen yet.</summary>
    public static void KeepLanguage(HttpContext context)
    {
        if (!context.Request.Cookies.ContainsKey(Languages.Cookie))
            Keep(context, Languages.Cookie, LanguageValue(CultureInfo.CurrentUICulture.Name));
    }

    public static void MapPreferences(this IEndpointRouteBuilder app)
    {
        app.MapGet(
                "/language/{language}",
                (HttpContext context, string language, string? back) =>
                {
                    if (Languages.Supported.Contains(language))
                        Keep(context, Languages.Cookie, LanguageValue(language));
                    return Results.LocalRedirect(Local(back));
                }
            )
            .AllowAnonymous();
        app.MapGet(
                "/theme/{theme}",
                (HttpContext context, string theme, string? back) =>
                {
                    if (Themes.Contains(theme))
                        Keep(context, ThemeCookie, theme);
                    return Results.LocalRedirect(Local(back));
                }
            )
            .AllowAnonymous();
    }

    /// <summary>
    /// Only a path of ours: one slash, no second slash or back-slash (both lead to other hosts), and nothing that may not
    /// stand in a header (RFC 3986 §2: visible ASCII).
    /// </summary>
    public static string Local(string? path) =>
        path is "/" or ['/', not ('/' or '\\'), ..] && path.All(c => c is > ' ' and <= '~' and not '\\') ? path : "/";

    private static string LanguageValue(string language) => CookieRequestCultureProvider.MakeCookieValue(new(language));

    private static void Keep(HttpContext context, string name, string value) =>
        context.Response.Cookies.Append(
            name,
            value,
            new CookieOptions
            {
                MaxAge = TimeSpan.FromDays(365),
                HttpOnly = true,
                IsEssential = true,
                SameSite = SameSiteMode.Lax,
                Secure = context.Request.IsHttps,
            }
        );
}
