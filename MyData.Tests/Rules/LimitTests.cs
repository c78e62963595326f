using System.Globalization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MyData.Tests.Support;
using MyData.Web.Hosting;

namespace MyData.Tests.Rules;

/// <summary>Every endpoint that costs something has a limit, and the README's table says which (security.md W8).</summary>
public sealed class LimitTests : IAsyncDisposable
{
    // No work behind them: a cookie, or the word that a page is left.
    private static readonly string[] Free =
    [
        "GET /language/{language}",
        "GET /theme/{theme}",
        "POST /_blazor/disconnect",
        "POST /_blazor/disconnect/",
    ];

    private readonly Portal _portal = Portal.Start(
        new()
        {
            Settings =
            [
                (
                    "MyData:Person:DecisionsAnHour",
                    new PersonSettings().DecisionsAnHour.ToString(CultureInfo.InvariantCulture)
                ),
            ],
        }
    );

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    private IEnumerable<RouteEndpoint> Routes =>
        _portal
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(route => !Pattern(route).StartsWith("/sandbox", StringComparison.Ordinal));

    [Fact]
    public void Table_OfTheReadme_IsWhatTheEndpointsHold()
    {
        var settings = new MyDataSettings();
        var held = Routes
            .SelectMany(route => Names(route).Select(name => (name, EndpointLimit.Of(route, settings))))
            .Where(pair => pair.Item2.Count > 0)
            .GroupBy(pair => string.Join("<br>", pair.Item2), pair => $"`{pair.name}`", StringComparer.Ordinal)
            .Select(same =>
                $"| {same.Key} | {string.Join(", ", same.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))} |"
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        var written = Repository
            .Read("MyData.Web/README.md")
            .Split('\n')
            .SkipWhile(line => !line.StartsWith("| limits | endpoints |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .ToList();
        Assert.True(held.SequenceEqual(written), "It should be:\n" + string.Join('\n', held));
    }

    [Fact]
    public void EndpointsThatChangeSomething_HaveALimit()
    {
        var settings = new MyDataSettings();
        var open =
            from route in Routes
            where route.Metadata.GetMetadata<ComponentTypeMetadata>() is null
            where EndpointLimit.Of(route, settings).Count == 0
            from name in Names(route)
            where
                !name.StartsWith("GET ", StringComparison.Ordinal)
                && !name.StartsWith("HEAD ", StringComparison.Ordinal)
            select name;
        Findings.None(open.Except(Free));
    }

    private static IEnumerable<string> Names(RouteEndpoint route) =>
        (
            route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET"]
        ).Select(method => $"{method} {Pattern(route)}");

    private static string Pattern(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.Trim('/');
}
