using System.Net;
using MyData.Core.Citizens;
using MyData.Core.Events;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

/// <summary>What a stranger can make the portal do at the provider, and what the provider can make it do elsewhere.</summary>
public sealed class UpstreamAbuseTests
{
    [Fact]
    public async Task Callback_Flooded_AnswersTooManyRequests()
    {
        await using var house = await SignInHouse.StartAsync(
            ("MyData:SignIn:Rate:NetworkBurst", "3"),
            ("MyData:SignIn:Rate:NetworkPerSecond", "1")
        );
        using var browser = house.Portal.Visitor();
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await browser.SendAsync(
                new(i % 2 == 0 ? HttpMethod.Get : HttpMethod.Post, SignInUrls.UpstreamCallback + "?code=x&state=y")
            );
            answers.Add(answer.StatusCode);
        }
        Assert.Contains(HttpStatusCode.SeeOther, answers);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    [Fact]
    public async Task Callback_FailingWithoutEnd_IsRecordedSoOftenAsNetworksMayFail()
    {
        await using var house = await SignInHouse.StartAsync(("MyData:SignIn:Rate:NetworkFailures", "2"));
        using var browser = house.Portal.Visitor();
        for (var i = 0; i < 6; i++)
            (await browser.SendAsync(new(HttpMethod.Get, SignInUrls.UpstreamCallback + "?code=x&state=y"))).Dispose();
        Assert.InRange((await house.EventsAsync(EventKinds.SignInRefused)).Count, 1, 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_NobodyWaitsFor_RedeemsNoCode(bool late)
    {
        await using var house = await SignInHouse.StartAsync();
        using var browser = house.Portal.Visitor();
        house.Provider.Person = Person.Number(3);
        using var start = await browser.SendAsync(new(HttpMethod.Get, SignInUrls.UpstreamStart));
        using var provider = await browser.SendAsync(new(HttpMethod.Get, start.Headers.Location));
        var answer = provider.Headers.Location!.PathAndQuery;
        var kept = browser.Cookies.All.ToList();
        if (late)
            house.Time.Advance(new CitizenSettings().CheckLife);
        else
            await browser.GetAsync(answer);
        var redeemed = house.Provider.Redeemed.Count;
        foreach (var cookie in kept)
            browser.Cookies.Set(browser.Origin, cookie.Name, cookie.Value);
        await browser.GetAsync(answer);
        Assert.Contains(IdentityChecks.Gone, browser.Page.Text, StringComparison.Ordinal);
        Assert.Equal(redeemed, house.Provider.Redeemed.Count);
        Assert.Contains(await house.EventsAsync(EventKinds.SignInRefused), e => e.Code == IdentityChecks.Gone);
    }

    /// <summary>localhost is the same server by another name: it would answer, were it called.</summary>
    [Theory]
    [InlineData("issuer")]
    [InlineData("authorization_endpoint")]
    [InlineData("token_endpoint")]
    [InlineData("userinfo_endpoint")]
    [InlineData("jwks_uri")]
    public async Task Metadata_ThatLeadsToAnotherHost_IsNotFollowed(string entry)
    {
        await using var house = await SignInHouse.StartAsync();
        house.Provider.Faults = new()
        {
            Metadata = m => m[entry] = ((string)m[entry]!).Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
        };
        using var browser = house.Portal.Visitor();
        await house.UpstreamAsync(browser, Person.Number(4));
        Assert.NotNull(browser.Page.Html.QuerySelector(".error-summary"));
    }

    [Theory]
    [InlineData("https://idp.example/token", true)]
    [InlineData("https://IDP.example:8443/token", true)]
    [InlineData("https://keys.example/jwks", true)]
    [InlineData("http://idp.example/token", false)]
    [InlineData("https://idp.example.evil.example/token", false)]
    [InlineData("https://idp.example@10.0.0.5/token", false)]
    [InlineData("https://169.254.169.254/latest", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("/token", false)]
    [InlineData(null, false)]
    public void Allows_HttpsOfTheIssuersHostAndTheNamedOnes(string? address, bool allowed)
    {
        var options = new UpstreamLoginOptions { Authority = () => "https://idp.example", Hosts = ["keys.example"] };
        Assert.Equal(allowed, options.Allows(address));
    }
}
