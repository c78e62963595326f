using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Pages;

namespace MyData.Web.Sandbox.City;

/// <summary>The city's site: apply, come back, see what was received; and the SP-API at which the portal tells it of a delivery.</summary>
public static class CityEndpoints
{
    private const string CookieName = "sandbox-city";
    private const int Largest = 16 * 1024;

    public static void MapCity(this RouteGroupBuilder sandbox)
    {
        sandbox.MapGet(CityListing.Root, Front);
        sandbox.MapPost(
            CityListing.Root + "/conduct",
            (IFormCollection form, CityConduct conduct) =>
                conduct.Set(form["conduct"].ToString())
                    ? Results.LocalRedirect(SandboxAddress.Root + CityListing.Root)
                    : Results.BadRequest()
        );
        sandbox.MapPut(
            CityListing.Root + "/conduct/{name}",
            (string name, CityConduct conduct) =>
                conduct.Set(name) ? Results.NoContent() : Results.NotFound(CityConduct.Names)
        );
        var site = sandbox.MapGroup(CityListing.Root + "/{service}").AddEndpointFilter(KnownAsync);
        site.MapGet("/", (string service) => Results.LocalRedirect(SandboxAddress.Root + CityListing.Root));
        site.MapPost("/apply", ApplyAsync).WithMetadata(new RequireAntiforgeryTokenAttribute());
        site.MapGet("/back", Back);
        site.MapGet("/result", ResultAsync);
        site.MapPost("/sp-api", SpApiAsync).DisableAntiforgery();
    }

    private static ValueTask<object?> KnownAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next) =>
        CityListing.Ids.Contains(call.HttpContext.GetRouteValue("service") as string)
            ? next(call)
            : ValueTask.FromResult<object?>(Results.NotFound());

    private static RazorComponentResult<CityPage> Front(HttpContext http, SandboxAddress address)
    {
        // The form leads on to the portal, which needs a place in form-action (CSP 3 §6.4.2).
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'; "
            + $"form-action 'self' {address.Portal}";
        return new RazorComponentResult<CityPage>();
    }

    private static async Task<IResult> ApplyAsync(HttpContext http, string service)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
            return Results.BadRequest();
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var application = Get<CityApplications>(http).Begin(service);
        http.Response.Cookies.Append(
            CookieName,
            application.Id,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = http.Request.IsHttps,
                Path = SandboxAddress.Root + CityListing.Path(service),
            }
        );
        var id = form["id"].ToString() is { Length: > 0 } said ? said : null;
        return See(http, Get<CityClient>(http).Entry(application, id));
    }

    // The transaction is encrypted as pid is, so that only this service's own comes back.
    private static IResult Back(HttpContext http, string service)
    {
        var query = http.Request.Query;
        if (Find(http, service) is not { } application || query["code"] is not [{ } code])
            return Results.BadRequest();
        try
        {
            var secret = Get<CitySecrets>(http).Of(service);
            if (CityCipher.Decrypt(secret, query["tx_id"].ToString()) != application.TxId)
                return Results.BadRequest();
        }
        catch (CityRefusedException)
        {
            return Results.BadRequest();
        }
        application.Code = code;
        return See(http, SandboxAddress.Root + CityListing.Path(service) + "/result");
    }

    private static async Task<IResult> ResultAsync(HttpContext http, string service)
    {
        if (Find(http, service) is not { } application)
            return Results.LocalRedirect(SandboxAddress.Root + CityListing.Root);
        if (application is { Ticket: not null, Key: not null, Packages.Count: 0, Code: "200" })
            await ReceiveAsync(http, application);
        return new RazorComponentResult<CityResultPage>(
            new Dictionary<string, object?> { [nameof(CityResultPage.Application)] = application }
        );
    }

    /// <summary>The portal tells of a delivery: ticket and key, or what could not be had.</summary>
    private static async Task<IResult> SpApiAsync(HttpContext http, string service)
    {
        var conduct = Get<CityConduct>(http).Current;
        if (conduct == CityConduct.Deaf)
            return Results.StatusCode(StatusCodes.Status500InternalServerError);
        if (http.Request.ContentLength is null or > Largest)
            return Results.BadRequest();
        using var json = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var application = Get<CityApplications>(http).ByTransaction(Text(json, "tx_id"));
        if (application is null || application.Service != service)
            return Results.NotFound();
        application.Ticket = Text(json, "permission_ticket");
        if (json.RootElement.TryGetProperty("unable_to_deliver", out var unable))
            application.Unable = [.. unable.EnumerateArray().Select(one => one.GetString()!)];
        else
            application.Key = CityCipher.Decrypt(Get<CitySecrets>(http).Of(service), Text(json, "secret_key")!);
        if (conduct == CityConduct.Early && application.Key is not null)
            await ReceiveAsync(http, application);
        return Results.Ok();
    }

    private static async Task ReceiveAsync(HttpContext http, CityApplication application)
    {
        try
        {
            await Get<CityClient>(http).ReceiveAsync(application, http.RequestAborted);
        }
        catch (Exception wrong) when (wrong is CityRefusedException or EncryptionException or HttpRequestException)
        {
            application.Code = wrong.Message;
        }
    }

    private static CityApplication? Find(HttpContext http, string service) =>
        Get<CityApplications>(http).Find(http.Request.Cookies[CookieName], service);

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static T Get<T>(HttpContext http)
        where T : notnull => http.RequestServices.GetRequiredService<T>();

    private static IResult See(HttpContext http, string where)
    {
        http.Response.Headers.Location = where;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
