using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Services;
using MyData.Core.Wire.ServiceSide;
using MyData.Tests.Support;
using MyData.Web.Sandbox.City;

namespace MyData.Tests.Wire;

/// <summary>
/// <c>GET /service/…</c> (protocols.md B2): each code of what is checked before anything is shown, and that nobody is led where no service has
/// registered.
/// </summary>
public sealed class EntryTests(WireHouse house) : IClassFixture<WireHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("no-such-service")]
    [InlineData("bank-loan")]
    public async Task Client_ThatDoesNotSpeakThisWire_GetsAPageOfOurs(string client)
    {
        // The native bank is listed, and its switch is off.
        await house.Get<OnlineServices>().ListAsync(Stop);
        using var visitor = house.Portal.Visitor();
        var page = await visitor.GetAsync(house.Entry(client, returnUrl: "https://evil.example/"));
        page.ShouldBeAt("/services/refused").ShouldBe(HttpStatusCode.Unauthorized);
        Assert.Contains(WireCodes.Client, page.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://evil.example/sandbox/city/city-parking/back")]
    [InlineData("//evil.example/")]
    [InlineData("{own}/")]
    [InlineData("{own}x")]
    [InlineData("{own}/../../../")]
    [InlineData("{own}#https://evil.example")]
    [InlineData("{own}?a=1#b")]
    [InlineData("{own}?code=200")]
    [InlineData("{own}?a=1&tx%5fid=x")]
    [InlineData("{own}?CODE=200&Tx_Id=x")]
    [InlineData("{own}?a=1;code=200")]
    [InlineData("{own}?a=\r\nSet-Cookie:x")]
    [InlineData("{own}?a=<script>")]
    [InlineData("{OWN}")]
    [InlineData(" {own}")]
    public async Task ReturnUrl_ThatIsNotTheRegisteredOne_LeadsNowhere(string returnUrl)
    {
        using var visitor = house.Portal.Visitor();
        var own = house.ReturnUrl(CityListing.Parking);
        var given = returnUrl
            .Replace("{own}", own, StringComparison.Ordinal)
            .Replace("{OWN}", own.ToUpperInvariant(), StringComparison.Ordinal);
        var page = await visitor.GetAsync(house.Entry(returnUrl: given));
        page.ShouldBeAt("/services/refused").ShouldBe(HttpStatusCode.NotFound);
        Assert.Contains(WireCodes.ReturnUrl, page.Words, StringComparison.Ordinal);
        Assert.Equal(house.Portal.Origin.Authority, page.Url.Authority);
        Assert.Null(page.Html.QuerySelector("a[href*='evil']"));
    }

    [Fact]
    public async Task ReturnUrl_GivenTwice_LeadsNowhere()
    {
        using var visitor = house.Portal.Visitor();
        var page = await visitor.GetAsync(
            house.Entry() + $"&returnUrl={Uri.EscapeDataString("https://evil.example/")}"
        );
        page.ShouldBeAt("/services/refused").ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("%%%", null, "400")]
    [InlineData("QVBJ!", null, "400")]
    [InlineData("{sets}", "a b", "400")]
    [InlineData("{sets}/x", null, "400")]
    [InlineData("{sets}", "A123456789", "400")]
    [InlineData("{twice}", null, "400")]
    [InlineData("", null, "403")]
    [InlineData("Og==", null, "403")]
    [InlineData("{unregistered}", null, "401")]
    [InlineData("{unknown}", null, "401")]
    public async Task Path_ThatIsWrong_LeadsBackWithItsCode(string sets, string? txId, string code)
    {
        var given = sets.Replace("{sets}", WireHouse.Base64(CityListing.Vehicle), StringComparison.Ordinal)
            .Replace(
                "{twice}",
                WireHouse.Base64($"{CityListing.Vehicle}:{CityListing.Vehicle}"),
                StringComparison.Ordinal
            )
            .Replace("{unregistered}", WireHouse.Base64("API.7QovE2Gev6"), StringComparison.Ordinal)
            .Replace("{unknown}", WireHouse.Base64("API.none"), StringComparison.Ordinal);
        var returnUrl = house.ReturnUrl(CityListing.Parking) + "?lang=zh&page=3";
        var (back, query) = await RefusedAsync(
            house.Entry(
                sets: Uri.EscapeDataString(given).Replace("%2F", "/", StringComparison.Ordinal),
                txId: txId,
                returnUrl: returnUrl
            )
        );
        Assert.StartsWith(returnUrl, back, StringComparison.Ordinal);
        Assert.Equal((code, "zh", "3"), (query["code"].ToString(), query["lang"].ToString(), query["page"].ToString()));
    }

    [Fact]
    public async Task DataSets_InAnyWriting_AreRead()
    {
        using var visitor = house.Portal.Visitor();
        foreach (
            var sets in (string[])
                [
                    WireHouse.Base64(CityListing.Vehicle),
                    WireHouse.Base64(CityListing.Vehicle).TrimEnd('='),
                    WireHouse.Base64($"{CityListing.Vehicle}:"),
                ]
        )
        {
            var page = await visitor.GetAsync(house.Entry(sets: sets));
            Assert.StartsWith("/services/requests/", page.Path, StringComparison.Ordinal);
            Assert.Contains("沙盒市政府想要您的資料", page.Heading, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task DataSet_ThatIsOfferedNoMore_LeadsBackWith501()
    {
        var listings = house.Get<OnlineServices>();
        var services = await listings.ListAsync(Stop);
        var catalogue = house.Get<Catalogue>();
        var all = MyData.Web.Sandbox.SandboxListing.Create(house.Get<MyData.Web.Sandbox.Keys.SandboxKeys>());
        await catalogue.ImportAsync(
            [
                .. all.Select(agency =>
                    agency with
                    {
                        DataSets = [.. agency.DataSets.Where(set => set.Id != CityListing.Vehicle)],
                    }
                ),
            ],
            Stop
        );
        try
        {
            Assert.Equal("501", (await RefusedAsync(house.Entry())).Query["code"]);
        }
        finally
        {
            await catalogue.ImportAsync(all, Stop);
        }
        Assert.NotEmpty(services);
    }

    [Fact]
    public async Task Pid_ThatDoesNotOpen_LooksTheSameWhateverIsWrong()
    {
        var secret = house.Secret();
        var good = Convert.FromBase64String(CityWire.Encrypt(secret, SandboxSteps.Persona("lin").Id.Value));
        var answers = new HashSet<string>();
        var wrong = new List<string> { "", "!", "AAAA", Convert.ToBase64String(new byte[16]), new('A', 400) };
        wrong.Add(CityWire.Encrypt(secret, "not an id"));
        wrong.Add(CityWire.Encrypt(secret, "A123456780"));
        wrong.Add(CityWire.Encrypt(secret, [0xff, 0xfe, 0x00]));
        for (var bit = 0; bit < 128; bit++)
        {
            var tampered = good.ToArray();
            tampered[bit / 8] ^= (byte)(1 << (bit % 8));
            wrong.Add(Convert.ToBase64String(tampered));
        }
        // An empty one says nothing about anybody, and is none.
        foreach (var pid in wrong.Skip(1))
        {
            var (back, query) = await RefusedAsync(house.Entry(pid: pid));
            answers.Add($"{back.Split('?')[0]} {query["code"]}");
        }
        Assert.Equal([$"{house.ReturnUrl(CityListing.Parking)} 401"], answers);
        // One that opens under another service's secret is none here.
        var other = CityWire.Encrypt(house.Secret(CityListing.Care), SandboxSteps.Persona("lin").Id.Value);
        Assert.Equal("401", (await RefusedAsync(house.Entry(pid: other))).Query["code"]);
    }

    [Fact]
    public async Task Pid_OfAnother_IsA409_AndIsStoredNowhere()
    {
        var citizen = await house.CitizenAsync("lin");
        var chen = SandboxSteps.Persona("chen").Id.Value;
        var pid = CityWire.Encrypt(house.Secret(), chen);
        // Signed in already: she is not led back by herself, or the service would learn who she is not.
        var shown = await citizen.GetAsync(house.Entry(pid: pid));
        Assert.Contains("給另一個人的", shown.Heading, StringComparison.Ordinal);
        // Signed in afterwards: the page says the same, and nothing of hers is asked for.
        using var visitor = house.Portal.Visitor();
        await visitor.GetAsync(house.Entry(pid: pid));
        var path = visitor.Page.Path;
        await visitor.ProveByProviderAsync(SandboxSteps.Persona("lin"));
        var page = await visitor.GetAsync(path);
        Assert.Contains("給另一個人的", page.Heading, StringComparison.Ordinal);
        Assert.Null(page.Html.GetElementById("service-fetch"));
        await visitor.SubmitAsync($"{path}/decline");
        var back = visitor
            .Page.Via.Append(visitor.Page.Url)
            .Single(url => url.AbsolutePath.EndsWith("/back", StringComparison.Ordinal));
        Assert.Equal("409", QueryHelpers.ParseQuery(back.Query)["code"]);
        var row = await house.RowAsync(Guid.Parse(path.Split('/')[^1]));
        Assert.Equal((RequestState.Ended, WireCodes.OtherPerson, null), (row.State, row.Code, row.CitizenId));
        var content = house.Get<PersonalDataVault>().Open(row.Content, "service.request", row.Id);
        Assert.DoesNotContain(chen, content, StringComparison.Ordinal);
        Assert.DoesNotContain(
            house.Portal.Log.All,
            line =>
                line.Contains(chen, StringComparison.Ordinal)
                || line.Contains(Uri.EscapeDataString(pid), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Pid_OfHerself_IsNoProof_SheSignsInAllTheSame()
    {
        using var visitor = house.Portal.Visitor();
        var pid = CityWire.Encrypt(house.Secret(), SandboxSteps.Persona("chang").Id.Value);
        var page = await visitor.GetAsync(house.Entry(pid: pid));
        Assert.Contains("想要您的資料", page.Heading, StringComparison.Ordinal);
        Assert.Null(page.Html.GetElementById("service-fetch"));
    }

    [Fact]
    public async Task Transaction_ThatComesAgain_IsRefused_ButForTheBrowserThatHoldsIt()
    {
        var entry = house.Entry(txId: "tx-replayed");
        using var hers = house.Portal.Visitor();
        var first = await hers.GetAsync(entry);
        Assert.Equal(first.Path, (await hers.GetAsync(entry)).Path);
        Assert.Equal("401", (await RefusedAsync(entry)).Query["code"]);
        await hers.GetAsync(first.Path);
        await hers.SubmitAsync($"{first.Path}/decline");
        Assert.Equal("401", (await RefusedAsync(entry, hers)).Query["code"]);
        // Of another service the same name is another transaction.
        using var visitor = house.Portal.Visitor();
        var other = await visitor.GetAsync(house.Entry(CityListing.Care, txId: "tx-replayed"));
        Assert.StartsWith("/services/requests/", other.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_OfARequest_GivesAnotherBrowserNothing()
    {
        using var hers = house.Portal.Visitor();
        var path = (await hers.GetAsync(house.Entry())).Path;
        using var other = house.Portal.Visitor();
        (await other.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Requests_OfNobody_AreBoundedForEachService()
    {
        var most = house.Get<ServiceSettings>().MostPushed;
        var now = TimeProvider.System.GetUtcNow();
        await house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    for (var i = 0; i < most; i++)
                        scope.Db.Add(
                            new ServiceRequest
                            {
                                Id = Guid.NewGuid(),
                                UriHash = $"flood-{i}",
                                ServiceId = WireHouse.Odd,
                                Content = [],
                                State = RequestState.Opened,
                                CreatedAt = now,
                                ExpiresAt = now.AddHours(1),
                            }
                        );
                },
                Stop
            );
        using var visitor = house.Portal.Visitor();
        var entry = house.Entry(
            WireHouse.Odd,
            WireHouse.Base64(WireHouse.OddNative),
            returnUrl: house.ReturnUrl(CityListing.Care)
        );
        (await visitor.GetAsync(entry)).ShouldBeAt("/services/refused").ShouldBe(HttpStatusCode.TooManyRequests);
    }

    /// <summary>Where an entry leads at once, without a page of ours.</summary>
    private async Task<(
        string Back,
        Dictionary<string, Microsoft.Extensions.Primitives.StringValues> Query
    )> RefusedAsync(string entry, CitizenDriver? who = null)
    {
        using var visitor = house.Portal.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(house.Portal.Origin, entry));
        using var answer = await (who ?? visitor).SendAsync(request);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var back = answer.Headers.GetValues("Location").Single();
        Assert.StartsWith(house.ReturnUrl(CityListing.Parking), back, StringComparison.Ordinal);
        return (back, QueryHelpers.ParseQuery(new Uri(back).Query));
    }
}
