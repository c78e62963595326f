using System.Text;
using System.Text.Json;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

/// <summary>The provider's answer: one test, one reason for refusal.</summary>
public sealed class UpstreamTests(SignInHouse house) : IClassFixture<SignInHouse>
{
    private static readonly Jwk Stranger = Jwk.GenerateEc("fake-1", "sig");

    public static readonly Dictionary<string, ProviderFaults> Wrong = new()
    {
        ["another nonce"] = new() { Claims = c => c["nonce"] = "other" },
        ["no nonce"] = new() { Claims = c => c.Remove("nonce") },
        ["another issuer in the token"] = new() { Claims = c => c["iss"] = "https://other.example" },
        ["another audience"] = new() { Claims = c => c["aud"] = "somebody-else" },
        ["a sign-in of before she was asked"] = new() { Claims = c => c["auth_time"] = (long)c["iat"]! - 61 },
        ["no time of the sign-in"] = new() { Claims = c => c.Remove("auth_time") },
        ["expired"] = new() { Claims = c => c["exp"] = (long)c["iat"]! - 61 },
        ["no expiry"] = new() { Claims = c => c.Remove("exp") },
        ["not valid yet"] = new() { Claims = c => c["nbf"] = (long)c["iat"]! + 61 },
        ["signed by a stranger"] = new() { Token = t => Jws.Sign(Stranger, "ES256", Payload(t), "JWT") },
        ["alg none"] = new() { Token = t => $"{Text("""{"alg":"none"}""")}.{t.Split('.')[1]}." },
        ["signature cut off"] = new() { Token = t => t[..t.LastIndexOf('.')] + "." },
        ["changed after signing"] = new() { Token = t => Changed(t) },
        ["no token at all"] = new() { Token = _ => "" },
        ["another issuer in the answer"] = new() { Issuer = "https://other.example" },
        ["no issuer in the answer of a provider that names itself"] = new() { Nameless = true },
        ["token endpoint sends elsewhere"] = new() { Redirects = true },
        ["token endpoint fails"] = new() { TokenStatus = 500 },
        ["another subject in the user info"] = new() { UserInfo = u => u["sub"] = "other" },
        ["an error of the provider"] = new() { Error = "server_error" },
    };

    public static readonly Dictionary<string, ProviderFaults> Incomplete = new()
    {
        ["no number"] = new() { UserInfo = u => u.Remove("uid") },
        ["a number that fails its check digit"] = new() { UserInfo = u => u["uid"] = "A123456788" },
        ["a number that is no text"] = new() { UserInfo = u => u["uid"] = 123456789 },
        ["no name"] = new() { UserInfo = u => u.Remove("name") },
        ["a name of 201 characters"] = new() { UserInfo = u => u["name"] = new string('長', 201) },
        ["no date of birth"] = new() { UserInfo = u => u["birthdate"] = "1990" },
    };

    public static TheoryData<string> WrongNames => [.. Wrong.Keys];

    public static TheoryData<string> IncompleteNames => [.. Incomplete.Keys];

    [Theory, MemberData(nameof(WrongNames))]
    public async Task Answer_ThatDoesNotHold_OpensNothing(string name)
    {
        var before = await RefusedAsync();
        using var browser = await FaultyAsync(Wrong[name]);
        Assert.Contains(UpstreamSignIn.Failed, browser.Page.Text, StringComparison.Ordinal);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
        Assert.Equal(0, house.Provider.Followed);
        Assert.Equal(before + 1, await RefusedAsync());
    }

    /// <summary>RFC 9207 §2.4: only a provider that says so must name itself.</summary>
    [Fact]
    public async Task Answer_WithoutIssuerOfAProviderThatNeverNamesItself_Holds()
    {
        await using var old = new SignInHouse();
        await old.InitializeAsync();
        old.Provider.NamesItself = false;
        old.Provider.Faults = new() { Nameless = true };
        using var browser = old.Portal.Visitor();
        await old.UpstreamAsync(browser, Person.Number(7));
        Assert.Null(browser.Page.Html.QuerySelector(".error-summary"));
    }

    [Theory, MemberData(nameof(IncompleteNames))]
    public async Task Answer_ThatDoesNotSayWhoSheIs_OpensNothingAndIsRecorded(string name)
    {
        using var browser = await FaultyAsync(Incomplete[name]);
        Assert.Contains(UpstreamSignIn.Incomplete, browser.Page.Text, StringComparison.Ordinal);
        Assert.Contains(await house.EventsAsync(EventKinds.SignInRefused), e => e.Code == UpstreamSignIn.Incomplete);
    }

    [Fact]
    public async Task Answer_Cancelled_SaysSo()
    {
        using var browser = await FaultyAsync(new() { Error = "access_denied" });
        Assert.Contains(UpstreamSignIn.Cancelled, browser.Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_WithinTheClockSkew_Holds()
    {
        using var browser = await FaultyAsync(new() { Claims = c => c["exp"] = (long)c["iat"]! - 30 });
        Assert.Null(browser.Page.Html.QuerySelector(".error-summary"));
    }

    [Fact]
    public async Task Request_Always_CarriesPkceStateNonceAndTheKeysAssertion()
    {
        using var browser = house.Portal.Visitor();
        await house.UpstreamAsync(browser, Person.Number(1));
        await house.UpstreamAsync(browser, Person.Number(1));
        var asked = house.Provider.Asked.TakeLast(2).ToList();
        Assert.All(
            asked,
            a =>
            {
                Assert.Equal(("code", "S256"), (a["response_type"], a["code_challenge_method"]));
                Assert.Equal(("login", "0"), (a["prompt"], a["max_age"]));
                Assert.Equal("mydata-portal", a["client_id"]);
                Assert.Equal($"{browser.Origin.ToString().TrimEnd('/')}/signin/oidc/callback", a["redirect_uri"]);
                Assert.Equal(43, a["code_challenge"].Length);
            }
        );
        foreach (var once in new[] { "code_challenge", "nonce", "state" })
            Assert.NotEqual(asked[0][once], asked[1][once]);
        var redeemed = house.Provider.Redeemed.Last();
        Assert.Equal(ClientAssertion.Type, redeemed["client_assertion_type"]);
        var assertion = Jws.Verify(
            redeemed["client_assertion"],
            house.Get<SigningKeys>().Published,
            new HashSet<string> { "ES256" }
        );
        using var claims = JsonDocument.Parse(assertion.Payload);
        Assert.Equal(house.Provider.Issuer, claims.RootElement.GetProperty("aud").GetString());
        Assert.Equal("mydata-portal", claims.RootElement.GetProperty("sub").GetString());
    }

    [Fact]
    public async Task Answer_GivenToAnotherBrowser_OpensNothingThere()
    {
        var person = Person.Number(2);
        (await house.CitizenAsync(person)).Dispose();
        using var hers = house.Portal.Visitor();
        using var other = house.Portal.Visitor();
        var answer = await AnswerAsync(hers, person);
        await other.GetAsync(answer);
        Assert.False(await SignInHouse.IsSignedInAsync(other));
        // With every cookie but that of the check, too: the answer is bound to the check that asked.
        using var third = house.Portal.Visitor();
        (await third.SendAsync(new(HttpMethod.Get, SignInUrls.UpstreamStart))).Dispose();
        var own = third.Cookies[SessionCookie.CheckName]!.Value;
        var again = await AnswerAsync(hers, person);
        foreach (var cookie in hers.Cookies.All)
            third.Cookies.Set(third.Origin, cookie.Name, cookie.Value);
        third.Cookies.Set(third.Origin, SessionCookie.CheckName, own);
        await third.GetAsync(again);
        Assert.Contains(IdentityChecks.Gone, third.Page.Text, StringComparison.Ordinal);
        Assert.False(await SignInHouse.IsSignedInAsync(third));
    }

    [Fact]
    public async Task Answer_GivenTwice_OpensOnce()
    {
        var person = Person.Number(3);
        (await house.CitizenAsync(person)).Dispose();
        using var browser = house.Portal.Visitor();
        var answer = await AnswerAsync(browser, person);
        await browser.GetAsync(answer);
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
        browser.Cookies.Remove(SessionCookie.Name);
        await browser.GetAsync(answer);
        Assert.False(await SignInHouse.IsSignedInAsync(browser));
    }

    [Theory]
    [InlineData("LoA1", AssuranceLevel.LoA1)]
    [InlineData("LoA2", AssuranceLevel.LoA2)]
    [InlineData("LoA3", AssuranceLevel.LoA2)]
    [InlineData("LoA4", AssuranceLevel.LoA2)]
    [InlineData("None", AssuranceLevel.LoA1)]
    [InlineData("3", AssuranceLevel.LoA2)]
    [InlineData("urn:something:else", AssuranceLevel.LoA1)]
    [InlineData("", AssuranceLevel.LoA1)]
    public async Task Acr_OfTheProvider_IsCappedAndNeverGuessedUp(string acr, AssuranceLevel level)
    {
        var person = Person.Number(4);
        (await house.CitizenAsync(person)).Dispose();
        using var browser = house.Portal.Visitor();
        house.Provider.Acr = acr;
        await house.UpstreamAsync(browser, person);
        house.Provider.Acr = "LoA2";
        Assert.Equal(level, (await house.SessionAsync(browser))!.Level);
    }

    [Fact]
    public async Task Start_FromALinkElsewhere_BeginsNothing()
    {
        using var browser = house.Portal.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Get, SignInUrls.UpstreamStart);
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var answer = await browser.SendAsync(request);
        Assert.Equal("/signin", answer.Headers.Location!.ToString());
        Assert.Empty(browser.Cookies.All);
    }

    [Fact]
    public async Task Provider_ThatIsAway_IsSaidInWords()
    {
        await using var alone = await SignInHouse.StartAsync(
            ("MyData:SignIn:Upstream:Authority", "http://127.0.0.1:1/idp")
        );
        using var browser = alone.Portal.Visitor();
        await browser.GetAsync(SignInUrls.UpstreamStart);
        Assert.Contains(UpstreamSignIn.Unavailable, browser.Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_ThatChangedAtTheProvider_IsRenewedAtTheNextSignIn()
    {
        var person = Person.Number(5);
        using var browser = await house.CitizenAsync(person);
        var citizen = await house.CitizenIdAsync(browser);
        using var later = house.Portal.Visitor();
        await house.UpstreamAsync(later, person with { Name = "新名字" });
        var identity = await house.Get<CitizenAccounts>().IdentityAsync(citizen, TestContext.Current.CancellationToken);
        Assert.Equal("新名字", identity.Name);
        Assert.Equal(person.Id, identity.Id.Value);
    }

    private async Task<int> RefusedAsync() =>
        (await house.EventsAsync(EventKinds.SignInRefused)).Count(e => e.Code == UpstreamSignIn.Failed);

    private async Task<CitizenDriver> FaultyAsync(ProviderFaults faults)
    {
        var browser = house.Portal.Visitor();
        house.Provider.Faults = faults;
        await house.UpstreamAsync(browser, Person.Number(6));
        house.Provider.Faults = new();
        return browser;
    }

    /// <summary>The provider's answer, caught before the browser takes it to the portal.</summary>
    private async Task<string> AnswerAsync(CitizenDriver browser, Person person)
    {
        house.Provider.Person = person;
        using var start = await browser.SendAsync(new(HttpMethod.Get, SignInUrls.UpstreamStart));
        using var provider = await browser.SendAsync(new(HttpMethod.Get, start.Headers.Location));
        return provider.Headers.Location!.PathAndQuery;
    }

    private static byte[] Payload(string token) => WebEncode(token.Split('.')[1]);

    private static byte[] WebEncode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private static string Text(string json) =>
        System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var json = Encoding.UTF8.GetString(WebEncode(parts[1])).Replace("LoA2", "LoA4", StringComparison.Ordinal);
        return $"{parts[0]}.{Text(json)}.{parts[2]}";
    }
}
