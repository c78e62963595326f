using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MyData.Tests.Rules;
using MyData.Web.Features.LedgerApi;

namespace MyData.Tests.LedgerApi;

/// <summary>The document is what callers in other languages go by: it says what is served, and nothing else.</summary>
public sealed partial class DocumentTests(ApiHouse house) : IClassFixture<ApiHouse>
{
    [Fact]
    public void Operations_AreTheEndpoints_AndTheOtherWayRound()
    {
        var served = house
            .Portal.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.StartsWith(ApiUrls.Prefix, StringComparison.Ordinal))
            .SelectMany(route =>
                route
                    .Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Select(method => $"{method} {Constraint().Replace(route.RoutePattern.RawText!, "}")}")
            );
        Assert.Equal(
            served.Order(StringComparer.Ordinal),
            ApiDescription.Operations.Select(one => one.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Document_IsWhole()
    {
        var document = ApiDescription.Document;
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var asked = Reference().Matches(document.GetRawText()).Select(match => match.Groups["name"].Value).ToHashSet();
        Assert.Equal(schemas.EnumerateObject().Select(one => one.Name).Order(), asked.Order());
        var ids = ApiDescription
            .Operations.Select(one => one.Operation.GetProperty("operationId").GetString())
            .ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        // What a path names is a parameter, and is described.
        Findings.None(
            from one in ApiDescription.Operations
            from Match name in InPath().Matches(one.Name)
            where
                !one
                    .Operation.GetProperty("parameters")
                    .EnumerateArray()
                    .Any(parameter => parameter.GetProperty("name").GetString() == name.Groups["name"].Value)
            select $"{one.Name}: {name.Value}"
        );
    }

    /// <summary>Each code that a caller may get stands in the README, and each of the README in the source.</summary>
    [Fact]
    public void Codes_OfTheIntake_StandInTheReadme()
    {
        var thrown = Codes("MyData.Core/Recording", ".cs").Concat(Codes("MyData.Web/Features/LedgerApi", ".cs"));
        var readme = Support.Repository.Read("MyData.Web/Features/LedgerApi/README.md");
        var listed = Listed().Matches(readme).Select(match => match.Groups["name"].Value);
        Assert.Equal(thrown.Distinct().Order(StringComparer.Ordinal), listed.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_IsServed()
    {
        var answer = await house.GetAsync(ApiUrls.OpenApi);
        Assert.Equal("3.1.0", (string?)answer.Json!["openapi"]);
        Assert.Equal("*", answer.Message.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    private static IEnumerable<string> Codes(string folder, string extension) =>
        from file in Support.Repository.Files(folder, extension)
        from Match match in InSource().Matches(File.ReadAllText(file))
        select match.Groups["name"].Value;

    [GeneratedRegex(@":[a-z]+\}", RegexOptions.None, 1000)]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{(?<name>[a-z]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InPath();

    [GeneratedRegex(@"#/components/schemas/(?<name>[A-Za-z]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"""(?<name>(?:sent|syslog|read)\.[a-z_]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InSource();

    [GeneratedRegex(@"`(?<name>(?:sent|syslog|read)\.[a-z_]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listed();
}
