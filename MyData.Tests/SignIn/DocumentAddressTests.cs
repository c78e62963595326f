using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
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
}
