using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MyData.Core.Consent;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Tests.Transfers;
using MyData.Web.Hosting;

namespace MyData.Tests.Hosting;

/// <summary>What one person may do how often; nobody else has to wait for it (security.md W8).</summary>
public sealed class PersonLimitsTests
{
    [Fact]
    public async Task Exports_PastHerBucket_WaitAndNobodyElseDoes()
    {
        await using var portal = Start(("Exports:AtOnce", "2"), ("Exports:AMinute", "1"));
        using var lin = await Traveller.SignInAsync(portal);
        using var chen = await Traveller.SignInAsync(portal, "chen");
        foreach (var path in (string[])["/history/export.csv", "/account/data.json"])
            Assert.Equal(HttpStatusCode.OK, (await lin.Browser.GetAsync(path)).Status);

        using var refused = await lin.Browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/history/export.json"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.Equal(PersonLimits.TooMany, problem.RootElement.GetProperty("code").GetString());
        var page = await lin.Browser.GetAsync("/history/export.json");
        Assert.Equal(
            PersonLimits.TooMany,
            page.ShouldBe(HttpStatusCode.TooManyRequests).Single("main .code").TextContent
        );
        Assert.True(int.Parse(page.Headers["Retry-After"], null) >= 1);

        Assert.Equal(HttpStatusCode.OK, (await chen.Browser.GetAsync("/history/export.json")).Status);
        Assert.Equal(HttpStatusCode.OK, (await lin.Browser.GetAsync("/history")).Status);
    }

    [Fact]
    public async Task Packages_PastHerBucket_AreNotSent()
    {
        await using var portal = Start(("Packages:AtOnce", "1"), ("Packages:AMinute", "1"));
        using var lin = await Traveller.SignInAsync(portal);
        var transfer = Assert.Single(await lin.SettledAsync(await lin.AgreeAsync("ds=API.7QovE2Gev6")));
        using var first = await lin.FetchAsync(transfer.Id);
        using var second = await lin.FetchAsync(transfer.Id);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
    }

    [Fact]
    public async Task Packages_ReadSlowly_AreFewAtATimeForOnePerson()
    {
        var started = 0;
        var read = new TaskCompletionSource();
        using var limits = new PersonLimits(
            _ =>
            {
                Interlocked.Increment(ref started);
                return read.Task;
            },
            new MyDataSettings()
        );
        var (lin, chen) = (Guid.NewGuid(), Guid.NewGuid());
        var hers = Enumerable.Range(0, 20).Select(_ => limits.InvokeAsync(Fetch(lin))).ToList();
        Assert.Equal(new PersonSettings().Packages.UnderWay, started);
        var his = limits.InvokeAsync(Fetch(chen));
        Assert.Equal(new PersonSettings().Packages.UnderWay + 1, started);
        read.SetResult();
        await Task.WhenAll([.. hers, his]);
        Assert.Equal(21, started);
    }

    private static DefaultHttpContext Fetch(Guid citizen)
    {
        var context = new DefaultHttpContext
        {
            User = new(new ClaimsIdentity([new(CitizenClaims.CitizenId, citizen.ToString())])),
        };
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(PersonLimit.Packages), null));
        return context;
    }

    [Theory]
    [InlineData("zh-TW", "請晚一點再決定")]
    [InlineData("en", "Please decide later")]
    public async Task Decisions_PastTheHour_AreNotStoredAndSaySo_AlsoAfterARestart(string language, string words)
    {
        await using var portal = Start(("DecisionsAnHour", "1"));
        using var lin = await Traveller.SignInAsync(portal, language: language);
        await lin.AgreeAsync("ds=API.7QovE2Gev6");
        await portal.RestartAsync();
        var page = await RefuseAsync(lin);
        Assert.Equal(words, page.ShouldBe(HttpStatusCode.TooManyRequests).Heading);
        Assert.Equal(TransferCodes.TooOften, page.Single("main .code").TextContent);
        Assert.Single(await portal.ReadAsync(db => Task.FromResult(db.Set<ConsentRecord>().ToList())));
    }

    private static async Task<Page> RefuseAsync(Traveller citizen)
    {
        await citizen.Browser.GetAsync("/download/consent?ds=API.UZQkKbsOpz");
        return await citizen.Browser.SubmitAsync("/download/decide", ("decision", "refuse"));
    }

    private static Portal Start(params (string Key, string Value)[] settings) =>
        Portal.Start(new() { Settings = [.. settings.Select(s => ($"MyData:Person:{s.Key}", s.Value))] });
}
