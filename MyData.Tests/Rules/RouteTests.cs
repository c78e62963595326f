using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MyData.Tests.Support;
using MyData.Web.Hosting;

namespace MyData.Tests.Rules;

/// <summary>Who may call what: everything is for a verified citizen, but for the addresses listed here, one by one.</summary>
public sealed class RouteTests(Portal portal) : IClassFixture<Portal>
{
    // A new line here is a decision: whoever adds one says why nobody's data can be reached through it.
    private static readonly string[] Public =
    [
        // Pages that everybody may read
        "/",
        "/datasets",
        "/datasets/{id}",
        "/datasets/{id}/schema.json",
        // Which services there are at counters, and what they need
        "/counters",
        "/counters/{Id}",
        // Takes a code out of the address, and says what it is for; nothing is sent
        "/c",
        // What she is about to ask for, before she says who she is
        "/download",
        "/download/details",
        "/help",
        "/how-it-works",
        "/privacy",
        "/terms",
        // In place of an answer without a page: what happened, and a code; and "not found" for all that is not here
        "/problem/{Status:int}",
        "/{**path}",
        // Checks a file that she chooses, in her browser only
        "/verify",
        // Whether the portal stands, for the proxy before it
        "/health",
        // The sandbox's front page, with nobody real on it
        "/sandbox",
        // Signing in and out: what a citizen does before she is one
        "/signin",
        "/signin/documents",
        "/signin/oidc/start",
        "/signin/oidc/callback",
        "/signin/passkey",
        "/signin/passkey/options",
        "/signin/welcome",
        "/signin/restart",
        "/signin/wait",
        "/signout",
        "/signout/done",
        // The staff's own door: what somebody does before she is signed in there
        "/staff/signin",
        "/staff/signin/options",
        "/staff/enrol",
        "/staff/enrol/options",
        // A made-up member of staff; there in the sandbox alone
        "/staff/sandbox",
        // Says that the account is gone, to whom it was
        "/account/closed",
        // Public keys and addresses, for whoever checks what the platform signed
        "/.well-known/jwks.json",
        "/.well-known/mydata-trust.json",
        "/.well-known/mydata-scripts.json",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
        // Agencies, who prove themselves by their own keys in the request
        "/connect/introspect",
        "/connect/userinfo",
        // Online services, who do so too, by a token or an assertion of their own and a proof of its key
        "/connect/par",
        "/connect/token",
        "/connect/revoke",
        "/api/v1/transfers/{transferId:guid}/package",
        "/api/v1/transfers/{transferId:guid}/receipt",
        "/api/v1/transfers/{transferId:guid}/deletion",
        "/api/v1/events",
        // An agency by its client assertion: what citizens say is wrong in its data.
        "/api/v1/corrections",
        "/api/v1/corrections/{id:guid}",
        // Which services there are; where a browser comes in from one of them, and what that one registered, before she says who she is;
        // her no. From the moment she is known a request is hers alone
        "/services",
        "/services/over",
        "/services/refused",
        "/service/{clientId}/{**rest}",
        "/service/data",
        "/connect/authorize",
        "/services/requests/{Id:guid}",
        "/services/requests/{id:guid}/decline",
        // The same of a service that signs her in: who asks, and her no; and where that one leads her when it signs her out
        "/members/requests/{Id:guid}",
        "/members/requests/{id:guid}/decline",
        "/connect/logout",
        "/signout/service",
        // The log, for whoever wants to check it
        "/ledger/incidents/{id}/{side}",
        "/ledger/{year:int}/checkpoint",
        "/ledger/{year:int}/policy",
        "/ledger/{year:int}/tile/{**path}",
        // Proofs, and where tags stand: codes and hashes, nobody's name
        "/ledger/{year:int}/consistency",
        "/ledger/{year:int}/proofs",
        "/ledger/{year:int}/records/{index:long}/receipt",
        "/ledger/{year:int}/tags",
        // The pages that show the log
        "/ledger",
        "/ledger/{Year:int}/compare",
        "/ledger/{Year:int}/records",
        "/ledger/{Year:int}/records/{Index:long}",
        // The connection of live pages: a component runs only where a page that its reader may see has put it
        "/_blazor",
        "/_blazor/disconnect",
        "/_blazor/initializers",
        "/_blazor/negotiate",
        // Other systems, who sign each record that they send; and what anybody may read of the log
        "/ledger/v1/records",
        "/ledger/v1/records:batch",
        "/ledger/v1/records/{id:guid}",
        "/ledger/v1/records/{id:guid}/entry",
        "/ledger/v1/records/{id:guid}/proof",
        "/ledger/v1/logs/{year:int}/records/{index:long}",
        "/ledger/v1/logs/{year:int}/inclusion",
        "/ledger/v1/logs/{year:int}/consistency",
        "/ledger/v1/logs/{year:int}/tags:lookup",
        "/ledger/v1/policy",
        "/ledger/v1/keys",
        "/ledger/v1/verify",
        // For whoever signs the question, about itself
        "/ledger/v1/sides",
        "/ledger/v1/openapi.json",
        // How the ledger is: nodes, incidents, news and whole logs, all of it public; figures, from networks that the setting names
        "/ledger/v1/nodes",
        "/ledger/v1/incidents",
        "/ledger/incidents/{id}/{side}",
        "/ledger/v1/events",
        "/ledger/v1/metrics",
        "/ledger/v1/exports",
        "/ledger/v1/exports/{year:int}",
        // Preferences, kept in her browser
        "/language/{language}",
        "/theme/{theme}",
    ];

    private static readonly string[] Live = ["/download/{ConsentId:guid}", "/ledger"];

    // No cookie counts there, so no other site could make use of hers.
    private static readonly string[] WithoutCookie =
    [
        "/api/v1/corrections",
        "/api/v1/corrections/{id:guid}",
        "/api/v1/events",
        "/api/v1/transfers/{transferId:guid}/deletion",
        "/api/v1/transfers/{transferId:guid}/receipt",
        "/connect/introspect",
        "/connect/par",
        "/connect/revoke",
        "/connect/token",
        "/connect/userinfo",
        "/ledger/{year:int}/proofs",
        "/ledger/{year:int}/tags",
        "/ledger/v1/logs/{year:int}/tags:lookup",
        "/ledger/v1/records",
        "/ledger/v1/records:batch",
        "/ledger/v1/verify",
    ];

    private IEnumerable<RouteEndpoint> Routes =>
        portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void AnonymousRoutes_AreExactlyTheListedOnes()
    {
        var open = Routes
            .Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Where(route => route.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            .Select(Pattern)
            .Where(pattern => !pattern.StartsWith("/sandbox/", StringComparison.Ordinal))
            .Distinct();
        Findings.None(open.Except(Public).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fallback_Policy_DemandsAVerifiedCitizen()
    {
        var options = portal.Services.GetRequiredService<IOptions<AuthorizationOptions>>().Value;
        var policy = options.FallbackPolicy ?? throw new InvalidOperationException("Routes without a policy are open.");
        Assert.Contains(
            policy.Requirements,
            r => r.ToString()!.Contains(CitizenClaims.CitizenId, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task ClosedRoutes_CalledByAStranger_GiveNothing()
    {
        using var stranger = portal.Visitor();
        var wrong = new List<string>();
        foreach (var route in Routes.Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            var methods = route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            foreach (var method in methods)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), Filled(route));
                if (method == "POST")
                    request.Content = new FormUrlEncodedContent([]);
                using var answer = await stranger.SendAsync(request);
                var refused =
                    answer.StatusCode
                    is HttpStatusCode.Unauthorized
                        or HttpStatusCode.Forbidden
                        or HttpStatusCode.NotFound
                        or HttpStatusCode.Found
                        or HttpStatusCode.SeeOther;
                if (
                    !refused
                    || answer.Headers.Location is { } to && !to.ToString().Contains("/signin", StringComparison.Ordinal)
                )
                    wrong.Add($"{method} {Pattern(route)}: {(int)answer.StatusCode} {answer.Headers.Location}");
            }
        }
        Findings.None(wrong);
    }

    [Fact]
    public void RoutesThatChangeSomething_DemandTheTokenOfOurOwnForms()
    {
        var open = Routes
            .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Any(IsChange) == true)
            .Where(route => route.Metadata.GetMetadata<IAntiforgeryMetadata>() is not { RequiresValidation: true })
            .Select(Pattern)
            .Where(pattern => !pattern.StartsWith("/sandbox/", StringComparison.Ordinal))
            .Where(pattern => !pattern.StartsWith("/_blazor", StringComparison.Ordinal));
        Findings.None(open.Except(WithoutCookie));
    }

    [Fact]
    public void LivePages_AreExactlyTheListedOnes()
    {
        var live = Routes
            .Where(r => r.Metadata.GetMetadata<LivePageAttribute>() is not null)
            .Select(Pattern)
            .Distinct();
        Assert.Equal(Live.Order(StringComparer.Ordinal), live.Order(StringComparer.Ordinal));
    }

    private static bool IsChange(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static string Pattern(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.Trim('/');

    private static string Filled(RouteEndpoint route) =>
        string.Concat(
            route.RoutePattern.PathSegments.Select(segment =>
                "/"
                + string.Concat(
                    segment.Parts.Select(part =>
                        part switch
                        {
                            RoutePatternLiteralPart literal => literal.Content,
                            RoutePatternParameterPart { ParameterPolicies: [{ Content: "long" }] } => "1",
                            _ => Guid.Empty.ToString(),
                        }
                    )
                )
            )
        );
}
