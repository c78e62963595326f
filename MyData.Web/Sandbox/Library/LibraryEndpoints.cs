using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using MyData.Web.Sandbox.Pages;
using MyData.Web.Sandbox.Relying;

namespace MyData.Web.Sandbox.Library;

/// <summary>The library's site: sign in, come back, be welcome, sign out.</summary>
public static class LibraryEndpoints
{
    private const string CookieName = "sandbox-library";
    private const string Home = SandboxAddress.Root + LibraryListing.Root;

    public static void MapLibrary(this RouteGroupBuilder sandbox)
    {
        var library = sandbox.MapGroup(LibraryListing.Root);
        library.MapGet("/", Front);
        library.MapPost("/signin", SignInAsync).WithMetadata(new RequireAntiforgeryTokenAttribute());
        library.MapGet(RelyingParty.Callback, BackAsync);
        library.MapPost("/signout", SignOutAsync).WithMetadata(new RequireAntiforgeryTokenAttribute());
        library.MapGet("/bye", (HttpContext http, SandboxAddress address) => Page(http, address, null, bye: true));
        library
            .MapPost(LibraryEvents.Path, (HttpContext http, LibraryEvents events) => events.TakeAsync(http))
            .DisableAntiforgery();
    }

    private static RazorComponentResult<LibraryPage> Front(
        HttpContext http,
        SandboxAddress address,
        LibraryVisits visits
    ) => Page(http, address, visits.Find(http.Request.Cookies[CookieName]), bye: false);

    private static RazorComponentResult<LibraryPage> Page(
        HttpContext http,
        SandboxAddress address,
        LibraryVisit? visit,
        bool bye
    )
    {
        // The forms lead on to the portal, which needs a place in form-action (CSP 3 §6.4.2).
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'; "
            + $"form-action 'self' {address.Portal}";
        return new(new Dictionary<string, object?> { ["Visit"] = visit, ["Bye"] = bye });
    }

    private static async Task<IResult> SignInAsync(HttpContext http, LibraryVisits visits, LibraryClient client)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
            return Results.BadRequest();
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var visit = visits.Begin(links: form["card"] == "yes");
        http.Response.Cookies.Append(CookieName, visit.Id, Cookie(http));
        try
        {
            return See(http, await client.PushAsync(visit, http.RequestAborted));
        }
        catch (LibraryRefusedException refused)
        {
            visit.Error = refused.Code;
            return See(http, Home);
        }
    }

    private static async Task<IResult> BackAsync(HttpContext http, LibraryVisits visits, LibraryClient client)
    {
        var (query, stop) = (http.Request.Query, http.RequestAborted);
        if (
            visits.Find(http.Request.Cookies[CookieName]) is not { Reader: null } visit
            || query["state"] != visit.State
            || !await client.IsFromPortalAsync(query["iss"], stop)
        )
            return Results.BadRequest();
        try
        {
            if (query["code"] is [{ } code])
                await client.SignInAsync(visit, code, stop);
            else
                visit.Error = query["error"] is [{ } error] ? error : "no code";
        }
        catch (LibraryRefusedException refused)
        {
            visit.Error = refused.Code;
        }
        return See(http, Home);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, LibraryVisits visits, LibraryClient client)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
            return Results.BadRequest();
        var visit = visits.Find(http.Request.Cookies[CookieName]);
        http.Response.Cookies.Delete(CookieName, Cookie(http));
        if (visit is not { IdToken: not null })
            return See(http, Home);
        visits.End(visit);
        return See(http, await client.LogoutAsync(visit, http.RequestAborted));
    }

    private static CookieOptions Cookie(HttpContext http) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            Path = Home,
        };

    private static IResult See(HttpContext http, string address)
    {
        http.Response.Headers.Location = address;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
