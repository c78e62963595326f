using Microsoft.AspNetCore.Localization;

namespace MyData.Web.Hosting;

/// <summary>zh-TW first, English beside it; her choice is a cookie, and a browser that asks for English first gets it.</summary>
public static class Languages
{
    public const string Cookie = "lang";
    public static readonly string[] Supported = ["zh-TW", "en"];

    public static bool IsEnglish => System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    public static void Configure(RequestLocalizationOptions options)
    {
        options.SetDefaultCulture(Supported[0]).AddSupportedCultures(Supported).AddSupportedUICultures(Supported);
        options.ApplyCurrentCultureToResponseHeaders = true;
        options.RequestCultureProviders =
        [
            new CookieRequestCultureProvider { CookieName = Cookie },
            new AcceptLanguageHeaderRequestCultureProvider { MaximumAcceptLanguageHeaderValuesToTry = 1 },
        ];
    }
}
