using MyData.Core.Citizens;
using MyData.Web.Hosting;
using MyData.Web.Layout;

namespace MyData.Web.Features.SignIn;

/// <summary>The check of the browser that asks: begun, gone on with, or given up.</summary>
public sealed class SignInChecks(IdentityChecks checks, Sessions sessions, CitizenSettings settings)
{
    /// <summary>The cookie value of the check that this browser goes on with.</summary>
    /// <param name="back">Where to go afterwards; anything but a path of this portal becomes the home page.</param>
    public async Task<string> BeginAsync(HttpContext context, string? back, AssuranceLevel wanted)
    {
        var start = new StartCheck
        {
            Back = Back(back),
            Wanted = wanted,
            Session = await sessions.FindAsync(SessionCookie.Read(context), context.RequestAborted),
        };
        var held = SessionCookie.ReadCheck(context);
        var cookie = await checks.BeginAsync(held, start, context.RequestAborted);
        if (cookie != held)
            SessionCookie.WriteCheck(context, cookie, settings.CheckLife);
        return cookie;
    }

    public Task<CheckView?> FindAsync(HttpContext context) =>
        checks.FindAsync(SessionCookie.ReadCheck(context), context.RequestAborted);

    /// <summary>A level out of a query or a form; None for anything else.</summary>
    public static AssuranceLevel Level(string? text) =>
        text is [>= '1' and <= '4'] ? (AssuranceLevel)(text[0] - '0') : AssuranceLevel.None;

    // Longer than any page of ours; and never back into signing in or out.
    private static string Back(string? path) =>
        path is { Length: < 512 }
        && !path.StartsWith(SignInUrls.SignInPath, StringComparison.OrdinalIgnoreCase)
        && !path.StartsWith(SignInUrls.SignOut, StringComparison.OrdinalIgnoreCase)
            ? Preferences.Local(path)
            : "/";
}
