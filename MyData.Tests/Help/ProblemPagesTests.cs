using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Tests.Catalog;
using MyData.Tests.Support;

namespace MyData.Tests.Help;

/// <summary>What is shown when the portal itself fails: here a table is gone that an answer needs.</summary>
public sealed class ProblemPagesTests
{
    private const string Broken = "/datasets/API.Vehicle/schema.json";

    [Fact]
    public async Task Failure_ReadByAPersonOrAProgram_HasACodeAndNoInnerWorkings()
    {
        await using var portal = new Portal();
        await portal.Services.GetRequiredService<Catalogue>().ImportAsync(SampleListings.All);
        await portal.ReadAsync(db => db.Database.ExecuteSqlRawAsync("DROP TABLE data_set_schemas"));

        using var citizen = portal.Visitor("en");
        var page = (await citizen.GetAsync($"{Broken}?version=1")).ShouldBe(HttpStatusCode.InternalServerError);
        Assert.Equal("Something went wrong here", page.Heading);
        Assert.StartsWith("page.failed ", page.Single("main .code").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Sqlite", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(
            $"back={Uri.EscapeDataString($"{Broken}?version=1")}",
            page.Html.Body!.InnerHtml,
            StringComparison.Ordinal
        );
        Assert.Contains("no-store", page.Headers["Cache-Control"], StringComparison.Ordinal);

        using var answer = await citizen.SendAsync(new HttpRequestMessage(HttpMethod.Get, Broken));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("platform.error", problem.RootElement.GetProperty("code").GetString());
        Assert.Contains(portal.Log.All, line => line.Contains("data_set_schemas", StringComparison.Ordinal));
    }
}
