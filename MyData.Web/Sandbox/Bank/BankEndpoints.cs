using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using MyData.Web.Sandbox.Pages;

namespace MyData.Web.Sandbox.Bank;

/// <summary>The bank's site: apply, come back, see what was received.</summary>
public static class BankEndpoints
{
    private const string CookieName = "sandbox-bank";
    private const string ResultPath = SandboxAddress.Root + BankListing.Root + "/result";

    public static void MapBank(this RouteGroupBuilder sandbox)
    {
        var bank = sandbox.MapGroup(BankListing.Root);
        bank.MapGet("/", Front);
        bank.MapPost("/apply", ApplyAsync).WithMetadata(new RequireAntiforgeryTokenAttribute());
        bank.MapGet("/callback", BackAsync);
        bank.MapGet("/result", Result);
        bank.MapPost("/again", AgainAsync).WithMetadata(new RequireAntiforgeryTokenAttribute());
        bank.MapPost(BankEvents.Path, (HttpContext http, BankEvents events) => events.TakeAsync(http))
            .DisableAntiforgery();
        bank.MapPost(
            "/conduct",
            (IFormCollection form, BankConduct conduct) =>
                conduct.Set(form["conduct"].ToString())
                    ? Results.LocalRedirect(SandboxAddress.Root + BankListing.Root)
                    : Results.BadRequest()
        );
        bank.MapPut(
            "/conduct/{name}",
            (string name, BankConduct conduct) =>
                conduct.Set(name) ? Results.NoContent() : Results.NotFound(BankConduct.Names)
        );
    }

    private static RazorComponentResult<BankPage> Front(HttpContext http, SandboxAddress address)
    {
        // The form leads on to the portal, which needs a place in form-action (CSP 3 §6.4.2).
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'; "
            + $"form-action 'self' {address.Portal}";
        return new RazorComponentResult<BankPage>();
    }

    private static async Task<IResult> ApplyAsync(HttpContext http, BankApplications applications, BankClient client)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
            return Results.BadRequest();
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var product = BankListing.Products.FirstOrDefault(one => one.Name == form["product"]) ?? BankListing.Loan;
        var application = applications.Begin(product);
        http.Response.Cookies.Append(
            CookieName,
            application.Id,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = http.Request.IsHttps,
                Path = SandboxAddress.Root + BankListing.Root,
            }
        );
        try
        {
            return See(http, await client.PushAsync(application, http.RequestAborted));
        }
        catch (BankRefusedException refused)
        {
            application.Error = refused.Code;
            return See(http, ResultPath);
        }
    }

    private static async Task<IResult> BackAsync(HttpContext http, BankApplications applications, BankClient client)
    {
        var (query, stop) = (http.Request.Query, http.RequestAborted);
        if (
            applications.Find(http.Request.Cookies[CookieName]) is not { } application
            || query["state"] != application.State
            || !await client.IsFromPortalAsync(query["iss"], stop)
        )
            return Results.BadRequest();
        try
        {
            if (query["code"] is [{ } code])
                application.Packages = await client.ReceiveAsync(application, code, stop);
            else
                application.Error = query["error"] is [{ } error] ? error : "no code";
        }
        catch (BankRefusedException refused)
        {
            application.Error = refused.Code;
        }
        return See(http, ResultPath);
    }

    /// <summary>"Fetch again now": what the bank would do by itself.</summary>
    private static async Task<IResult> AgainAsync(HttpContext http, BankApplications applications, BankClient client)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
            return Results.BadRequest();
        if (
            applications.Find(http.Request.Cookies[CookieName]) is not { Standing: { } standing } application
            || !application.Begin()
        )
            return See(http, ResultPath);
        try
        {
            standing.Refusal = null;
            application.Packages =
            [
                .. await client.FetchAgainAsync(application, standing, http.RequestAborted),
                .. application.Packages,
            ];
        }
        catch (BankRefusedException refused)
        {
            standing.Refusal = refused.Code;
        }
        finally
        {
            application.End();
        }
        return See(http, ResultPath);
    }

    private static IResult Result(HttpContext http, BankApplications applications) =>
        applications.Find(http.Request.Cookies[CookieName]) is { } application
            ? new RazorComponentResult<BankResultPage>(
                new Dictionary<string, object?> { ["Application"] = application }
            )
            : Results.LocalRedirect(SandboxAddress.Root + BankListing.Root);

    private static IResult See(HttpContext http, string address)
    {
        http.Response.Headers.Location = address;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
