using System.Net;
using System.Text.Json;
using MyData.Core.Citizens;
using MyData.Tests.SignIn;
using MyData.Tests.Support;
using MyData.Web.Features.Account;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.Account;

/// <summary>Strings that break software, in every field of signing in and of the account: shown as text, or refused in words.</summary>
public sealed class NaughtyStringTests(NaughtyStringTests.PatientHouse patient)
    : IClassFixture<NaughtyStringTests.PatientHouse>
{
    private readonly SignInHouse _house = patient.House;

    private const int AtOnce = 25;
    private static readonly Person Victim = Person.Number(21);

    public static TheoryData<string, string> Fields =>
        new()
        {
            { SignInUrls.Documents, "id" },
            { SignInUrls.Documents, "health_card" },
            { SignInUrls.Documents, "household" },
            { SignInUrls.Documents, "back" },
            { SignInUrls.Documents, "level" },
            { SignInUrls.Passkey, "credential" },
            { SignInUrls.SignOut, "shared" },
            { AccountUrls.Contact, "email" },
            { AccountUrls.ContactCode, "code" },
            { AccountUrls.Preferences, "language" },
            { AccountUrls.Preferences, "notice" },
            { AccountUrls.Passkeys, "credential" },
            { AccountUrls.Passkeys, "name" },
        };

    public static TheoryData<string> Queries =>
        [
            "/signin?back=",
            "/signin?level=",
            "/signin?problem=",
            "/signin/documents?back=",
            "/signin/oidc/start?back=",
            "/signin/oidc/callback?error=",
            "/signin/oidc/callback?state=",
            "/signout/done?cleared=",
            "/account/contact?done=",
            "/account/passkeys?refused=",
        ];

    [Theory, MemberData(nameof(Fields))]
    public async Task Field_EveryNaughtyString_IsAnsweredInWordsAndShownAsText(string path, string field)
    {
        using var browser = await BrowserAsync(path);
        foreach (var text in Strings())
        {
            await browser.GetAsync("/signin/documents");
            await browser.PostAsync(path, (field, text));
            Assert.True((int)browser.Page.Status < 500, $"{(int)browser.Page.Status}: {text}");
            Assert.NotEqual(HttpStatusCode.NotFound, browser.Page.Status);
            NothingRuns(browser.Page, text);
        }
    }

    [Theory, MemberData(nameof(Queries))]
    public async Task Query_EveryNaughtyString_IsHarmless(string address)
    {
        using var browser = await BrowserAsync(address);
        foreach (var text in Strings())
        {
            await browser.GetAsync(address + Uri.EscapeDataString(text));
            Assert.True((int)browser.Page.Status < 500, $"{(int)browser.Page.Status}: {text}");
            Assert.All(
                browser.Page.Via.Append(browser.Page.Url),
                hop => Assert.True(IsExpected(hop), $"{hop}: {text}")
            );
            NothingRuns(browser.Page, text);
        }
    }

    // What only a provider could send, and what she names her own things.
    [Fact]
    public async Task Names_FromTheProviderAndOfPasskeys_AreShownAsText()
    {
        foreach (
            var text in new[]
            {
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "{{7*7}}",
                "א‎ب‮d",
                "田中さん🏳️‍🌈",
            }
        )
        {
            var person = Person.Number(22) with { Name = text };
            using var browser = await _house.CitizenAsync(person);
            await _house.UpstreamAsync(browser, person);
            var page = await browser.GetAsync("/account");
            Assert.Contains(text, page.Html.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            Assert.Empty(page.Html.QuerySelectorAll("main img, main script:not([src])"));
            var passkeys = _house.Get<Passkeys>();
            var stop = TestContext.Current.CancellationToken;
            await passkeys.AddAsync(
                new()
                {
                    CitizenId = await _house.CitizenIdAsync(browser),
                    SessionId = Guid.Empty,
                    SessionLevel = AssuranceLevel.LoA2,
                    Name = text,
                    Credential = PasskeySteps.MadeUp(),
                },
                stop
            );
            page = await browser.GetAsync(AccountUrls.Passkeys);
            Assert.Contains(page.Html.QuerySelectorAll("li.card h2"), h => h.TextContent == text);
        }
    }

    private async Task<CitizenDriver> BrowserAsync(string path) =>
        path.StartsWith("/account", StringComparison.Ordinal)
            ? await _house.CitizenAsync(Victim)
            : _house.Portal.Visitor();

    /// <summary>A portal that takes as many requests from one network as these tests send.</summary>
    public sealed class PatientHouse : IAsyncLifetime
    {
        public SignInHouse House { get; } = new() { Settings = { ("MyData:SignIn:Rate:NetworkBurst", "100000") } };

        public ValueTask InitializeAsync() => House.InitializeAsync();

        public ValueTask DisposeAsync() => House.DisposeAsync();
    }

    private bool IsExpected(Uri hop) =>
        hop.Authority == _house.Portal.Origin.Authority
        || hop.ToString().StartsWith(_house.Provider.Issuer, StringComparison.Ordinal);

    private static void NothingRuns(Page page, string text)
    {
        if (
            !page.Headers.TryGetValue("Content-Type", out var type)
            || !type.StartsWith("text/html", StringComparison.Ordinal)
        )
            return;
        Assert.Empty(
            page.Html.QuerySelectorAll("script:not([src]), iframe, object, embed, img, [onerror], [onload], [onclick]")
        );
        foreach (var link in page.Html.QuerySelectorAll("a[href], form[action]"))
        {
            var target = link.GetAttribute("href") ?? link.GetAttribute("action")!;
            Assert.True(target is ['/', ..] or ['m', 'a', ..] or ['t', 'e', 'l', ..], $"{target}: {text}");
            Assert.False(target.StartsWith("//", StringComparison.Ordinal), $"{target}: {text}");
        }
    }

    // One of 25, and one of four of those with markup: each field needs some of every sort, not all of them.
    private static IEnumerable<string> Strings()
    {
        var all = Vectors.Json("blns/blns.json").EnumerateArray().Select(s => s.GetString()!).ToList();
        return all.Where((_, i) => i % AtOnce == 0 || all[i].Contains('<', StringComparison.Ordinal) && i % 4 == 0);
    }
}
