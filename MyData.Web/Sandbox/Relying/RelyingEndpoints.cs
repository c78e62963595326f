using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Pages;

namespace MyData.Web.Sandbox.Relying;

/// <summary>An organisation's site: apply, come back, see what was received.</summary>
public static class RelyingEndpoints
{
    /// <summary>Its party, and what it is told, are kept under its root.</summary>
    public static void AddRelyingParty(
        this IServiceCollection services,
        string root,
        Func<IServiceProvider, RelyingParty> make
    )
    {
        services.AddKeyedSingleton(root, (provider, _) => make(provider));
        services.AddKeyedSingleton(
            root,
            (provider, _) => ActivatorUtilities.CreateInstance<RelyingEvents>(provider, Of(provider, root))
        );
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<RelyingEvents>(root));
    }

    /// <typeparam name="TFront">its front page, which is given the party</typeparam>
    public static void MapRelyingParty<TFront>(this RouteGroupBuilder sandbox, string root)
        where TFront : IComponent
    {
        var site = sandbox.MapGroup(root);
        site.MapGet("/", (HttpContext http, SandboxAddress address) => Front<TFront>(http, Of(http, root), address));
        site.MapGet(
            RelyingParty.KeySet,
            (HttpContext http) => Results.Text(JwkSet.ToPublicJson([Of(http, root).Client]), "application/jwk-set+json")
        );
        site.MapPost("/apply", (HttpContext http, RelyingClient client) => ApplyAsync(http, Of(http, root), client))
            .WithMetadata(new RequireAntiforgeryTokenAttribute());
        site.MapGet(
            RelyingParty.Callback,
            (HttpContext http, RelyingClient client) => BackAsync(http, Of(http, root), client)
        );
        site.MapGet("/result", (HttpContext http) => Result(http, Of(http, root)));
        site.MapPost("/again", (HttpContext http, RelyingClient client) => AgainAsync(http, Of(http, root), client))
            .WithMetadata(new RequireAntiforgeryTokenAttribute());
        site.MapPost(
                RelyingEvents.Path,
                // As a plain delegate its answer would be thrown away.
                (Delegate)(
                    (HttpContext http) =>
                        http.RequestServices.GetRequiredKeyedService<RelyingEvents>(root).TakeAsync(http)
                )
            )
            .DisableAntiforgery();
        site.MapPost(
            "/conduct",
            (HttpContext http, IFormCollection form) =>
                Of(http, root).Conduct.Set(form["conduct"].ToString())
                    ? Results.LocalRedirect(Of(http, root).Page())
                    : Results.BadRequest()
        );
        site.MapPut(
            "/conduct/{name}",
            (HttpContext http, string name) =>
                Of(http, root).Conduct.Set(name) ? Results.NoContent() : Results.NotFound(RelyingConduct.Names)
        );
    }

    private static RelyingParty Of(HttpContext http, string root) => Of(http.RequestServices, root);

    private static RelyingParty Of(IServiceProvider services, string root) =>
        services.GetRequiredKeyedService<RelyingParty>(root);

    private static string CookieOf(RelyingParty party) => $"sandbox-{party.Root.TrimStart('/')}";

    private static RelyingApplication? Mine(HttpContext http, RelyingParty party) =>
        party.Applications.Find(http.Request.Cookies[CookieOf(party)]);

    private static RazorComponentResult<TFront> Front<TFront>(
        HttpContext http,
        RelyingParty party,
        SandboxAddress address
    )
        where TFront : IComponent
    {
        // The form leads on to the portal, which needs a place in form-action (CSP 3 §6.4.2).
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'; "
            + $"form-action 'self' {address.Portal}";
        return new RazorComponentResult<TFront>(new Dictionary<string, object?> { ["Party"] = party });
    }

    private static async Task<IResult> ApplyAsync(HttpContext http, RelyingParty party, RelyingClient client)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
            return Results.BadRequest();
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var product = party.Products.FirstOrDefault(one => one.Name == form["product"]) ?? party.Products[0];
        var application = party.Applications.Begin(party, product);
        http.Response.Cookies.Append(
            CookieOf(party),
            application.Id,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = http.Request.IsHttps,
                Path = party.Page(),
            }
        );
        try
        {
            return See(http, await client.PushAsync(application, http.RequestAborted));
        }
        catch (RelyingRefusedException refused)
        {
            application.Error = refused.Code;
            return See(http, party.Page("/result"));
        }
    }

    private static async Task<IResult> BackAsync(HttpContext http, RelyingParty party, RelyingClient client)
    {
        var (query, stop) = (http.Request.Query, http.RequestAborted);
        if (
            Mine(http, party) is not { } application
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
        catch (RelyingRefusedException refused)
        {
            application.Error = refused.Code;
        }
        return See(http, party.Page("/result"));
    }

    /// <summary>"Fetch again now": what the organisation would do by itself.</summary>
    private static async Task<IResult> AgainAsync(HttpContext http, RelyingParty party, RelyingClient client)
    {
        if (http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
            return Results.BadRequest();
        if (Mine(http, party) is not { Standing: { } standing } application || !application.Begin())
            return See(http, party.Page("/result"));
        try
        {
            standing.Refusal = null;
            application.Packages =
            [
                .. await client.FetchAgainAsync(application, standing, http.RequestAborted),
                .. application.Packages,
            ];
        }
        catch (RelyingRefusedException refused)
        {
            standing.Refusal = refused.Code;
        }
        finally
        {
            application.End();
        }
        return See(http, party.Page("/result"));
    }

    private static IResult Result(HttpContext http, RelyingParty party) =>
        Mine(http, party) is { } application
            ? new RazorComponentResult<RelyingResultPage>(
                new Dictionary<string, object?> { ["Application"] = application }
            )
            : Results.LocalRedirect(party.Page());

    private static IResult See(HttpContext http, string address)
    {
        http.Response.Headers.Location = address;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
