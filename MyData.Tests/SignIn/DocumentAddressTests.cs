using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

public sealed class DocumentAddressTests
{
    /// <summary>307 would carry the numbers on her documents to whatever address the answer names.</summary>
    [Fact]
    public async Task Redirect_OfTheAuthority_IsNotFollowed()
    {
        var token = TestContext.Current.CancellationToken;
        var told = false;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var authority = builder.Build();
        authority.MapPost("/match", () => Results.Redirect("/elsewhere", permanent: false, preserveMethod: true));
        authority.MapPost("/elsewhere", () => told = true);
        await authority.StartAsync(token);
        using var client = new HttpClient(HttpDocumentAuthority.Handler());
        using var answer = await client.PostAsync(
            new Uri($"{authority.Urls.Single()}/match"),
            new StringContent("A123456789"),
            token
        );
        Assert.Equal((HttpStatusCode.TemporaryRedirect, false), (answer.StatusCode, told));
    }

    [Theory]
    [InlineData("{\"result\":0}", "application/json", DocumentAnswer.Match)]
    [InlineData("{\"result\":0}", "application/json; charset=none-such", DocumentAnswer.Unavailable)]
    [InlineData("{\"result\":0", "application/json", DocumentAnswer.Unavailable)]
    [InlineData(null, "application/json", DocumentAnswer.Unavailable)]
    public async Task Answer_TooLongOrUnreadable_IsNoAnswer(string? body, string type, DocumentAnswer expected)
    {
        var token = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var authority = builder.Build();
        var tooLong = $"{{\"result\":0,\"more\":\"{new string('a', HttpDocumentAuthority.LongestAnswer)}\"}}";
        authority.MapPost(
            "/match",
            (HttpContext context) =>
            {
                context.Response.Headers.ContentType = type;
                return context.Response.WriteAsync(body ?? tooLong, token);
            }
        );
        await authority.StartAsync(token);
        await using var portal = Portal.Start(
            new() { Settings = [("MyData:SignIn:DocumentAuthority", $"{authority.Urls.Single()}/match")] }
        );
        var numbers = new DocumentNumbers
        {
            Id = NationalId.Parse(Person.Alice.Id),
            HealthCard = Person.Alice.HealthCard,
            Household = Person.Alice.Household,
        };
        Assert.Equal(
            expected,
            await portal.Services.GetRequiredService<IDocumentAuthority>().MatchAsync(numbers, token)
        );
    }
}
