using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

public abstract class SessionTests(SignInHouse house)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Who comes from a service has no session that could stay as it is.</summary>
    [Fact]
    public async Task StrongerWanted_OfWhoIsNotSignedIn_IsASignInAndNothingMore()
    {
        using var browser = house.Portal.Visitor();
        var page = await browser.GetAsync("/signin?level=2&back=/datasets");
        Assert.Equal("登入", page.Heading);
        Assert.DoesNotContain("目前的登入", page.Words, StringComparison.Ordinal);
    }

    /// <summary>Signed out in another tab: what she pressed was not done, and she is told.</summary>
    [Fact]
    public async Task Form_OfASessionThatIsOver_IsNotSent_AndSaysSo()
    {
        using var browser = await house.CitizenAsync(Person.Number(31));
        await browser.GetAsync("/account/contact");
        browser.Cookies.Set(browser.Origin, SessionCookie.Name, SecretToken.New().Value);
        var page = await browser.PostAsync("/account/contact", ("email", "new@example.org"));
        Assert.Equal(SignInUrls.SignInPath, page.Path);
        Assert.Contains("沒有送出", page.Alert, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_OfASession_CarriesEveryFlagAndNothingElse()
    {
        using var browser = await house.CitizenAsync(Person.Number(1));
        var cookie = browser.Cookies[SessionCookie.Name]!;
        Assert.True(cookie.Has("httponly") && cookie.Has("secure") && cookie.Has("samesite=lax"));
        Assert.Equal("/", cookie.Path);
        Assert.DoesNotContain(cookie.Attributes, a => a.StartsWith("domain", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(cookie.Attributes, a => a.StartsWith("expires", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(cookie.Attributes, a => a.StartsWith("max-age", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(43, cookie.Value.Length);
        var stored = await house.Portal.ReadAsync(db => db.Set<Session>().Select(s => s.TokenHash).ToListAsync());
        Assert.DoesNotContain(cookie.Value, stored);
        foreach (var other in browser.Cookies.All.Where(c => c.Name.StartsWith("__Host-", StringComparison.Ordinal)))
            Assert.True(other.Has("httponly") && other.Has("secure"), other.Name);
    }

    [Fact]
    public async Task SignIn_WithAPlantedCookie_GetsANewOne()
    {
        var person = Person.Number(2);
        (await house.CitizenAsync(person)).Dispose();
        using var browser = house.Portal.Visitor();
        var (session, check) = (SecretToken.New().Value, SecretToken.New().Value);
        browser.Cookies.Set(browser.Origin, SessionCookie.Name, session);
        browser.Cookies.Set(browser.Origin, SessionCookie.CheckName, check);
        await SignInHouse.DocumentsAsync(browser, person);
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
        Assert.NotEqual(session, browser.Cookies[SessionCookie.Name]!.Value);
        browser.Cookies.Set(browser.Origin, SessionCookie.Name, session);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
    }

    [Fact]
    public async Task StepUp_ToAHigherLevel_MakesANewSessionAndTheOldOneIsDead()
    {
        var person = Person.Number(3);
        (await house.CitizenAsync(person)).Dispose();
        using var browser = house.Portal.Visitor();
        house.Provider.Acr = "LoA1";
        await house.UpstreamAsync(browser, person);
        house.Provider.Acr = "LoA2";
        var old = (await house.SessionAsync(browser))!;
        var oldCookie = browser.Cookies[SessionCookie.Name]!.Value;
        Assert.Equal(AssuranceLevel.LoA1, old.Level);

        await browser.GetAsync("/signin?level=2&back=/datasets");
        Assert.Contains("/signin/documents", browser.Page.Text, StringComparison.Ordinal);
        await SignInHouse.DocumentsAsync(browser, person, "?level=2&back=/datasets");
        Assert.Equal("/datasets", browser.Page.Path);

        var now = (await house.SessionAsync(browser))!;
        Assert.Equal(AssuranceLevel.LoA2, now.Level);
        Assert.Equal(["oidc", "documents"], now.Methods);
        Assert.NotEqual(old.Id, now.Id);
        Assert.NotEqual(oldCookie, browser.Cookies[SessionCookie.Name]!.Value);
        Assert.Null(await house.Get<Sessions>().FindAsync(oldCookie, Stop));
        Assert.Contains(
            await house.EventsAsync(EventKinds.SessionEnded),
            e => e.SessionId == old.Id && e.Code == SessionEnds.Replaced
        );
    }

    [Fact]
    public async Task StepUp_ByAMethodBelowTheLevel_IsRefusedAndTheSessionStays()
    {
        var person = Person.Number(4);
        (await house.CitizenAsync(person)).Dispose();
        using var browser = house.Portal.Visitor();
        house.Provider.Acr = "LoA1";
        await house.UpstreamAsync(browser, person);
        var session = await house.SessionAsync(browser);
        await house.UpstreamAsync(browser, person, "?level=2");
        house.Provider.Acr = "LoA2";
        Assert.Contains(IdentityChecks.LevelTooLow, browser.Page.Text, StringComparison.Ordinal);
        Assert.Equal(session!.Id, (await house.SessionAsync(browser))!.Id);
    }

    [Theory]
    [InlineData("zh-TW", "行動憑證")]
    [InlineData("en", "natural-person credential")]
    public async Task StepUp_ToLevel3_SaysThatItComesLater(string language, string words)
    {
        using var browser = house.Portal.Visitor(language);
        await browser.GetAsync("/signin?level=3&back=/datasets");
        Assert.Contains(words, browser.Page.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.Html.QuerySelectorAll("section.method"));
    }

    [Fact]
    public async Task Session_IdleForHalfAnHour_IsOver_AndUseKeepsItAlive()
    {
        using var browser = await house.CitizenAsync(Person.Number(5));
        for (var i = 0; i < 4; i++)
        {
            house.Time.Advance(TimeSpan.FromMinutes(29));
            Assert.True(await SignInHouse.IsSignedInAsync(browser));
        }
        house.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Session_AfterEightHours_IsOverWhateverSheDoes()
    {
        using var browser = await house.CitizenAsync(Person.Number(6));
        for (var i = 0; i < 19; i++)
        {
            house.Time.Advance(TimeSpan.FromMinutes(25));
            Assert.True(await SignInHouse.IsSignedInAsync(browser), $"after {25 * (i + 1)} minutes");
        }
        house.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
    }

    [Fact]
    public async Task LastSeen_ManyRequestsInAMinute_IsWrittenOnce()
    {
        using var browser = await house.CitizenAsync(Person.Number(7));
        var id = (await house.SessionAsync(browser))!.Id;
        Task<DateTimeOffset> SeenAsync() =>
            house.Portal.ReadAsync(db =>
                db.Set<Session>().Where(s => s.Id == id).Select(s => s.LastSeenAt).SingleAsync()
            );
        var first = await SeenAsync();
        house.Time.Advance(TimeSpan.FromSeconds(59));
        await SignInHouse.IsSignedInAsync(browser);
        Assert.Equal(first, await SeenAsync());
        house.Time.Advance(TimeSpan.FromSeconds(1));
        await SignInHouse.IsSignedInAsync(browser);
        Assert.Equal(first.AddMinutes(1), await SeenAsync());
    }

    [Fact]
    public async Task SignOut_EndsTheSessionAtOnce_AndClearsWhatTheBrowserKeeps()
    {
        using var browser = await house.CitizenAsync(Person.Number(8));
        var cookie = browser.Cookies[SessionCookie.Name]!.Value;
        await browser.GetAsync("/account");
        using var answer = await FormAsync(browser, SignInUrls.SignOut);
        Assert.Equal("\"cache\"", Assert.Single(answer.Headers.GetValues("Clear-Site-Data")));
        Assert.Null(browser.Cookies[SessionCookie.Name]);
        browser.Cookies.Set(browser.Origin, SessionCookie.Name, cookie);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
    }

    [Fact]
    public async Task SignOut_OfASharedComputer_ClearsStorageToo()
    {
        using var browser = await house.CitizenAsync(Person.Number(9));
        await browser.GetAsync("/account");
        using var answer = await FormAsync(browser, SignInUrls.SignOut, ("shared", "yes"));
        var clear = Assert.Single(answer.Headers.GetValues("Clear-Site-Data"));
        Assert.Equal("\"cache\", \"cookies\", \"storage\"", clear);
        Assert.Equal(SignInUrls.Cleared, answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task SignOut_WithoutAFormToken_EndsNothing()
    {
        using var browser = await house.CitizenAsync(Person.Number(10));
        await browser.PostWithTokenAsync(SignInUrls.SignOut, token: null);
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Session_EndedWhileItsRowIsRead_IsNotServedFromMemory()
    {
        using var browser = await house.CitizenAsync(Person.Number(11));
        var cookie = browser.Cookies[SessionCookie.Name]!.Value;
        var sessions = house.Get<Sessions>();
        var session = (await sessions.FindAsync(cookie, Stop))!;
        using var readers = new CancellationTokenSource();
        var reading = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(
                    async () =>
                    {
                        while (!readers.IsCancellationRequested)
                            await sessions.FindAsync(cookie, CancellationToken.None);
                    },
                    Stop
                )
            )
            .ToList();
        await sessions.EndAsync(session.CitizenId, session.Id, SessionEnds.SignedOut, Stop);
        Assert.Null(await sessions.FindAsync(cookie, Stop));
        await readers.CancelAsync();
        await Task.WhenAll(reading);
        Assert.Null(await sessions.FindAsync(cookie, Stop));
    }

    [Fact]
    public async Task Session_OfAnotherCitizen_CannotBeEnded()
    {
        using var one = await house.CitizenAsync(Person.Number(12));
        using var other = await house.CitizenAsync(Person.Number(13));
        var foreign = (await house.SessionAsync(other))!.Id;
        await one.GetAsync("/account/sessions");
        using var answer = await FormAsync(one, $"/account/sessions/{foreign}/end");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        Assert.True(await SignInHouse.IsSignedInAsync(other));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("not base64url at all, but of the right long")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Find_ACookieThatNobodyGot_IsNothing(string cookie) =>
        Assert.Null(await house.Get<Sessions>().FindAsync(cookie, Stop));

    [Fact]
    public async Task Forms_SentFromAnotherSite_AreRefused()
    {
        using var browser = await house.CitizenAsync(Person.Number(14));
        await browser.GetAsync("/account");
        foreach (var site in new[] { "cross-site", "same-site" })
        {
            using var request = Form(browser, SignInUrls.SignOut);
            request.Headers.Add("Sec-Fetch-Site", site);
            using var answer = await browser.SendAsync(request);
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
        }
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Challenge_OfAScript_Is401_OfAPersonTheSignInPage()
    {
        using var browser = house.Portal.Visitor();
        using var script = new HttpRequestMessage(HttpMethod.Get, "/account/data.json");
        script.Headers.Add("Sec-Fetch-Mode", "cors");
        using var refused = await browser.SendAsync(script);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
        await browser.GetAsync("/account/sessions?x=1");
        Assert.Equal("/signin?back=%2Faccount%2Fsessions%3Fx%3D1", browser.Page.Url.PathAndQuery);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/signout")]
    [InlineData("javascript:alert(1)")]
    public async Task Back_ToAnywhereElse_LeadsHome(string back)
    {
        var person = Person.Number(15);
        (await house.CitizenAsync(person)).Dispose();
        using var browser = house.Portal.Visitor();
        await SignInHouse.DocumentsAsync(browser, person, $"?back={Uri.EscapeDataString(back)}");
        Assert.Equal("/", browser.Page.Path);
        Assert.All(browser.Page.Via, hop => Assert.Equal(browser.Origin.Authority, hop.Authority));
    }

    [Fact]
    public async Task Housekeeping_AfterTheirTime_TakesOutWhatRanOut()
    {
        using var browser = house.Portal.Visitor();
        await SignInHouse.DocumentsAsync(browser, Person.Number(16));
        (await house.CitizenAsync(Person.Number(17))).Dispose();
        house.Time.Advance(TimeSpan.FromDays(31));
        await house.Get<Housekeeping>().CleanAsync(Stop);
        Assert.Equal(0, await house.Portal.ReadAsync(db => db.Set<IdentityCheck>().CountAsync(Stop)));
        Assert.Equal(0, await house.Portal.ReadAsync(db => db.Set<Citizen>().CountAsync(c => c.VerifiedAt == null)));
        Assert.NotEqual(0, await house.Portal.ReadAsync(db => db.Set<Citizen>().CountAsync(Stop)));
    }

    private static Task<HttpResponseMessage> FormAsync(
        CitizenDriver browser,
        string path,
        params (string Name, string Value)[] values
    ) => browser.SendAsync(Form(browser, path, values));

    private static HttpRequestMessage Form(
        CitizenDriver browser,
        string path,
        params (string Name, string Value)[] values
    )
    {
        var token = browser.Page.Html.QuerySelector("input[name=_form]")!.GetAttribute("value")!;
        return new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([
                new("_form", token),
                .. values.Select(v => KeyValuePair.Create(v.Name, v.Value)),
            ]),
        };
    }
}

public sealed class SqliteSessionTests(SignInHouse house) : SessionTests(house), IClassFixture<SignInHouse>;

public sealed class PostgresSessionTests(PostgresSignInHouse house)
    : SessionTests(house),
        IClassFixture<PostgresSignInHouse>;
