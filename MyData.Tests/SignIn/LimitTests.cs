using System.Net;
using Microsoft.AspNetCore.Http;
using MyData.Core.Citizens;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

public sealed class LimitTests
{
    [Fact]
    public async Task Failures_OverARestart_AreRemembered()
    {
        await using var house = await SignInHouse.StartAsync();
        var wrong = Person.Number(1) with { HealthCard = "999999999999" };
        using var attacker = house.Portal.Visitor();
        for (var i = 0; i < 5; i++)
            await SignInHouse.DocumentsAsync(attacker, wrong);
        await house.Portal.RestartAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SignInHouse.DocumentsAsync(attacker, wrong)).Status);
    }

    [Theory]
    [InlineData("zh-TW", "請稍等一下")]
    [InlineData("en", "Please wait a moment")]
    public async Task Requests_PastTheNetworksBucket_GetAPageInHerLanguage(string language, string words)
    {
        await using var house = await SignInHouse.StartAsync(
            ("MyData:SignIn:Rate:NetworkBurst", "3"),
            ("MyData:SignIn:Rate:NetworkPerSecond", "1")
        );
        using var flood = house.Portal.Visitor(language, new([127, 3, 0, 1]));
        using var other = house.Portal.Visitor(language, new([127, 3, 0, 2]));
        await flood.GetAsync(SignInUrls.Documents);
        var pages = new List<Support.Page>();
        for (var i = 0; i < 12; i++)
            pages.Add(await flood.PostAsync(SignInUrls.Restart));
        var refused = pages.FindAll(p => p.Status == HttpStatusCode.TooManyRequests);
        Assert.NotEmpty(refused);
        Assert.All(
            refused,
            p =>
            {
                Assert.Contains(words, p.Text, StringComparison.Ordinal);
                Assert.True(int.Parse(p.Headers["Retry-After"], null) >= 1);
            }
        );
        await other.GetAsync(SignInUrls.Documents);
        Assert.Equal(HttpStatusCode.OK, (await other.PostAsync(SignInUrls.Restart)).Status);
    }

    [Fact]
    public async Task Failures_OverTheNetworksOfASite_MakeTheWholeOfItWait()
    {
        await using var host = new CoreHost();
        var limits = host.Get<SignInLimits>();
        var stop = TestContext.Current.CancellationToken;
        var rate = new SignInSettings.RateSettings { NetworkFailures = 5 };
        IReadOnlyList<AttemptLimit> Of(string address)
        {
            var context = new DefaultHttpContext();
            context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            return DocumentSignIn.OfNetwork(context, "", rate);
        }
        for (var network = 0; network < 5 * DocumentSignIn.OfSite; network++)
            Assert.Null(await limits.TakeAsync(Of($"2001:db8:7:{network:x}::1"), stop));
        Assert.NotNull(await limits.TakeAsync(Of("2001:db8:7:ffff::1"), stop));
        Assert.Null(await limits.TakeAsync(Of("2001:db8:8:ffff::1"), stop));
        Assert.Null(await limits.TakeAsync(Of("192.0.2.1"), stop));
    }

    /// <summary>Otherwise one good account would buy every guesser of its network a fresh start.</summary>
    [Fact]
    public async Task GiveBack_OfOneWhoHasProved_LeavesTheWaitThatOthersEarned()
    {
        await using var host = new CoreHost();
        var limits = host.Get<SignInLimits>();
        var stop = TestContext.Current.CancellationToken;
        AttemptLimit network = new("network", Free: 3, TimeSpan.FromHours(1));
        AttemptLimit[] good = [new("good", Free: 5, TimeSpan.FromHours(1)), network];
        Assert.Null(await limits.TakeAsync(good, stop));
        while (await limits.TakeAsync([network], stop) is null) { }
        for (var i = 0; i < 2; i++)
        {
            host.Time.Advance(TimeSpan.FromMinutes(15));
            Assert.Null(await limits.TakeAsync([network], stop));
        }
        await limits.GiveBackAsync(good, proved: true, stop);
        Assert.NotNull(await limits.TakeAsync([network], stop));
        Assert.Null(await limits.TakeAsync([good[0]], stop));
    }

    [Fact]
    public async Task GiveBack_OfWhatItsOwnAttemptClosed_OpensItAgain()
    {
        await using var host = new CoreHost();
        var limits = host.Get<SignInLimits>();
        var stop = TestContext.Current.CancellationToken;
        AttemptLimit[] good = [new("good", Free: 5, TimeSpan.FromHours(1)), new("network", 1, TimeSpan.FromHours(1))];
        Assert.Null(await limits.TakeAsync(good, stop));
        Assert.NotNull(await limits.TakeAsync(good, stop));
        await limits.GiveBackAsync(good, proved: true, stop);
        Assert.Null(await limits.TakeAsync(good, stop));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010db800010002")]
    [InlineData("2001:db8:1:2:ffff::", "20010db800010002")]
    public void Network_OfAnAddress_IsWhatOneHouseholdGets(string address, string network)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        Assert.Equal(network, Visitor.Network(context));
    }

    [Theory]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
        "Chrome, Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
        "Safari, iPhone"
    )]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux")]
    [InlineData("<script>alert(1)</script>", "")]
    public void DeviceName_OfAUserAgent_IsOutOfAFixedList(string userAgent, string name) =>
        Assert.Equal(name, DeviceNames.Of(userAgent));

    [Theory]
    [InlineData("A@B.example", "A@b.example")]
    [InlineData(" first.last+tag@mail.example.tw ", "first.last+tag@mail.example.tw")]
    [InlineData("a@b", null)]
    [InlineData("a b@c.example", null)]
    [InlineData("a@b@c.example", null)]
    [InlineData("a\r\nBcc: x@y.example", null)]
    [InlineData("a..b@c.example", null)]
    [InlineData("\"a b\"@c.example", null)]
    [InlineData("a@[127.0.0.1]", null)]
    [InlineData("a@-c.example", null)]
    [InlineData("王@c.example", null)]
    public void EmailAddress_OfWhatIsTyped_IsTheFormThatEveryServerTakes(string typed, string? read) =>
        Assert.Equal(read, EmailAddress.TryParse(typed, out var address) ? address.Value : null);
}
