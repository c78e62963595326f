using Microsoft.AspNetCore.Http.HttpResults;
using MyData.Web.Sandbox.Pages;
using MyData.Web.Sandbox.Personas;
using MyData.Web.Ui;

namespace MyData.Web.Sandbox.Identity;

/// <summary>The OpenID provider's addresses.</summary>
public static class IdentityEndpoints
{
    public static void MapIdentityProvider(this RouteGroupBuilder sandbox)
    {
        var idp = sandbox.MapGroup(IdentityProvider.Path);
        idp.MapGet("/.well-known/openid-configuration", (IdentityProvider provider) => provider.Discovery());
        idp.MapGet("/jwks.json", (IdentityProvider provider) => provider.KeySet());
        idp.MapGet("/authorize", Ask);
        idp.MapPost("/authorize", Decide);
        idp.MapPost("/token", (HttpContext http, IdentityProvider provider) => provider.TokenAsync(http))
            .DisableAntiforgery();
    }

    private static IResult Ask(HttpContext http, AuthorizeReader reader, IdentityProvider provider)
    {
        var reading = reader.Read(http.Request.Query);
        if (reading.Request is not { } request)
            return Refuse(reading, provider);
        // The choice is posted here and sent on to the client: both need a place in form-action (CSP 3 §6.4.2).
        var client = new Uri(request.RedirectUri).GetLeftPart(UriPartial.Authority);
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'; "
            + $"form-action 'self' {client}";
        return new RazorComponentResult<AuthorizePage>(
            new Dictionary<string, object?>
            {
                ["Action"] = PageUrl.Of(http),
                ["Acr"] = request.Acr,
                ["Portal"] = new Uri(request.RedirectUri).Authority,
            }
        );
    }

    private static IResult Decide(
        HttpContext http,
        IFormCollection form,
        AuthorizeReader reader,
        IdentityProvider provider
    )
    {
        var reading = reader.Read(http.Request.Query);
        if (reading.Request is not { } request)
            return Refuse(reading, provider);
        var agreed = form["decision"] == "agree";
        var persona = agreed ? SandboxPersonas.Find(form["persona"].ToString()) : null;
        // Nobody was chosen: the same question again.
        if (agreed && persona is null)
            return Results.LocalRedirect(PageUrl.Of(http));
        return SeeOther(http, provider.Decide(request, persona, form["acr"].ToString()));
    }

    private static IResult Refuse(AuthorizeReading reading, IdentityProvider provider) =>
        reading.RedirectUri is { } redirect
            ? Results.Redirect(provider.Return(redirect, reading.State, "error", reading.Error))
            : new RazorComponentResult<RefusedPage>(new Dictionary<string, object?> { ["Error"] = reading.Error })
            {
                StatusCode = StatusCodes.Status400BadRequest,
            };

    // RFC 9700 §4.12: 303, so that the form is never posted on to the client.
    private static IResult SeeOther(HttpContext http, string url)
    {
        http.Response.Headers.Location = url;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
