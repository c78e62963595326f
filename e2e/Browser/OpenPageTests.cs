using System.Text;
using Microsoft.Playwright;
using MyData.Core.Encryption;
using MyData.E2E.Support;

namespace MyData.E2E.Browser;

/// <summary>The page that opens: what came is shown, what is wrong is refused, and nothing is left behind.</summary>
public sealed class OpenPageTests(BrowserCitizen citizen) : IClassFixture<BrowserCitizen>
{
    [Theory]
    [InlineData("zh-TW", 1200, false)]
    [InlineData("en", 360, true)]
    public async Task Open_BothWires_ShowsSavesAndVerifiesAgainOffline(string language, int width, bool dark)
    {
        await using var visit = await citizen.OpenAsync(language, width, dark);
        var consentId = await visit.AgreeAsync(
            BrowserCitizen.Household,
            BrowserCitizen.IdCard,
            BrowserCitizen.Vehicles
        );
        await visit.OpenAsync(consentId);

        Assert.Empty(await visit.CodesAsync());
        Assert.Contains(BrowserCitizen.Name, await visit.MainAsync(), StringComparison.Ordinal);
        Assert.Equal(3, await visit.Page.Locator(".strip[data-progress='2']").CountAsync());
        Assert.Equal(3, await visit.Page.Locator(".seal-code").CountAsync());
        Assert.Equal(2, await visit.Page.Locator("[data-card] img[src^='data:image/png;base64,']").CountAsync());
        Assert.Equal(0, await visit.Page.Locator("script[src*='blazor']").CountAsync());
        Assert.Empty(await Axe.ViolationsAsync(visit.Page));
        Assert.True(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width);

        var saved = await SaveAsync(visit.Page);
        using (var package = PackageReader.Read(await File.ReadAllBytesAsync(saved.Path), PackageLimits.Default))
            Assert.Contains("data.json", package.Files);
        Assert.EndsWith(".zip", saved.Name, StringComparison.Ordinal);

        var receipt = await visit.Page.APIRequest.GetAsync($"{citizen.Portal.Origin}receipts/{consentId}.jws");
        await VerifyOfflineAsync(visit, saved.Path, await receipt.BodyAsync());
        visit.AssertQuiet();
    }

    [Theory]
    [InlineData("changed", "jose.decrypt")]
    [InlineData("cut", "seal.truncated")]
    [InlineData("not sealed", "seal.shape")]
    [InlineData("broken off", "network.failed")]
    public async Task Open_OnePackageWrong_RefusesItAloneAndSaysWhy(string fault, string code)
    {
        await using var visit = await citizen.OpenAsync();
        var consentId = await visit.AgreeAsync(BrowserCitizen.Household, BrowserCitizen.Vehicles);
        var first = true;
        await visit.Page.RouteAsync(
            "**/relay/*/package",
            async route =>
            {
                if (!first)
                {
                    await route.ContinueAsync();
                    return;
                }
                first = false;
                await SpoilAsync(route, fault);
            }
        );
        await visit.OpenAsync(consentId);

        Assert.Equal([code], await visit.CodesAsync());
        Assert.Equal(1, await visit.Page.Locator(".strip[data-stopped]").CountAsync());
        Assert.Equal(1, await visit.Page.Locator("[data-save]").CountAsync());

        // The same claim may fetch again, and the platform kept nothing from her.
        await visit.Page.UnrouteAllAsync();
        await visit.OpenAsync(consentId);
        Assert.Empty(await visit.CodesAsync());
        Assert.Equal(2, await visit.Page.Locator("[data-save]").CountAsync());
    }

    [Theory]
    [InlineData("\"nationalId\":\"A299001174\"", "\"nationalId\":\"A123456789\"", "package.subject")]
    [InlineData("\"certificateSha256\":\"", "\"certificateSha256\":\"00", "certificate.unregistered")]
    [InlineData("\"dataset\":\"API.", "\"dataset\":\"API.other", "seal.other_transfer")]
    public async Task Open_NotWhatWasMeant_ShowsNothingOfIt(string from, string to, string code)
    {
        await using var visit = await citizen.OpenAsync();
        var consentId = await visit.AgreeAsync(BrowserCitizen.Household);
        await visit.Page.RouteAsync(
            "**/open/*",
            async route =>
            {
                var answer = await route.FetchAsync();
                var body = await answer.TextAsync();
                Assert.Contains(from, body, StringComparison.Ordinal);
                await route.FulfillAsync(
                    new() { Response = answer, Body = body.Replace(from, to, StringComparison.Ordinal) }
                );
            }
        );
        await visit.OpenAsync(consentId);

        Assert.Equal([code], await visit.CodesAsync());
        Assert.DoesNotContain(BrowserCitizen.Name, await visit.MainAsync(), StringComparison.Ordinal);
        Assert.Equal("", await visit.Page.Locator("[data-card]").InnerTextAsync());
        Assert.Equal(0, await visit.Page.Locator("[data-save]").CountAsync());
    }

    [Fact]
    public async Task Open_NoRootIsTrusted_ShowsNothing()
    {
        await using var visit = await citizen.OpenAsync();
        var consentId = await visit.AgreeAsync(BrowserCitizen.Household);
        await visit.Page.RouteAsync(
            "**/.well-known/mydata-trust.json",
            route => route.FulfillAsync(new() { Body = """{"roots":[]}""", ContentType = "application/json" })
        );
        await visit.OpenAsync(consentId);
        Assert.Equal(["certificate.untrusted"], await visit.CodesAsync());
        Assert.DoesNotContain(BrowserCitizen.Name, await visit.MainAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AnotherDevice_SaysThatTheKeyIsNotThereAndOffersToAskAgain()
    {
        await using var visit = await citizen.OpenAsync();
        var consentId = await visit.AgreeAsync(BrowserCitizen.Household);
        await using var other = await citizen.OpenAsync();
        var relayed = 0;
        other.Page.Request += (_, request) =>
            relayed += request.Url.Contains("/relay/", StringComparison.Ordinal) ? 1 : 0;

        await other.OpenAsync(consentId);

        Assert.Equal(["key.missing"], await other.CodesAsync());
        Assert.Equal(1, await other.Page.Locator("[data-page-failure] a.button[href='/datasets']").CountAsync());
        // What a screen reader says of the way to this browser.
        var way = await other.Page.EvalOnSelectorAllAsync<string[]>(
            ".strip-line-2 > .visually-hidden",
            "all => all.filter(one => getComputedStyle(one).display !== 'none').map(one => one.className.split(' ')[0])"
        );
        Assert.Equal(["strip-stopped"], way);
        Assert.Equal(0, relayed);
        other.AssertQuiet();
    }

    [Fact]
    public async Task Relay_WithoutTheClaimOfThisBrowser_GivesNothing()
    {
        await using var visit = await citizen.OpenAsync();
        var consentId = await visit.AgreeAsync(BrowserCitizen.Household);
        await visit.Page.RouteAsync(
            "**/relay/*/package",
            route =>
            {
                var headers = route.Request.Headers.ToDictionary(header => header.Key, header => header.Value);
                headers["mydata-claim"] = new string('A', 43);
                return route.ContinueAsync(new() { Headers = headers });
            }
        );
        await visit.OpenAsync(consentId);
        Assert.Equal(["relay.claim_refused"], await visit.CodesAsync());
    }

    [Fact]
    public async Task Done_AfterItsQuestion_LeavesNothing()
    {
        await using var visit = await citizen.OpenAsync();
        var consentId = await visit.AgreeAsync(BrowserCitizen.Household);
        await visit.OpenAsync(consentId);
        var transfer = await visit.Page.Locator("[data-transfer]").GetAttributeAsync("data-transfer");

        // A platform that does not answer: she is told, and keeps what she has.
        await visit.Page.RouteAsync("**/done", route => route.FulfillAsync(new() { Status = 500, Body = "" }));
        await visit.Page.ClickAsync("[data-done-ask]");
        await visit.Page.ClickAsync("[data-done] button:not([type=button])");
        await visit.Page.WaitForSelectorAsync("[data-done-failure] [role=alert]");
        Assert.Equal(["done.failed"], await visit.CodesAsync());
        Assert.Contains(BrowserCitizen.Name, await visit.MainAsync(), StringComparison.Ordinal);

        await visit.Page.UnrouteAllAsync();
        await visit.Page.ClickAsync("[data-done] button:not([type=button])");
        await visit.Page.WaitForURLAsync(url => !url.Contains("/open/", StringComparison.Ordinal));

        Assert.Equal(0, await KeysAsync(visit.Page));
        var relay = await visit.Page.APIRequest.GetAsync($"{citizen.Portal.Origin}relay/{transfer}/package");
        Assert.False(relay.Ok);
        await visit.Page.GoBackAsync();
        Assert.DoesNotContain(BrowserCitizen.NationalId, await visit.Page.ContentAsync(), StringComparison.Ordinal);
        await visit.Page.GotoAsync($"/open/{consentId}");
        Assert.Equal(0, await visit.Page.Locator("[data-card], #open-data").CountAsync());
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Leaving_ForHistoryOrAnotherTab_EmptiesThePage()
    {
        await using var visit = await citizen.OpenAsync();
        var consentId = await visit.AgreeAsync(BrowserCitizen.Household);
        await visit.OpenAsync(consentId);
        await SaveAsync(visit.Page);

        // What a browser keeps for "back" is the page as pagehide leaves it.
        var left = await visit.Page.EvaluateAsync<string>(
            "() => { dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); return document.documentElement.outerHTML }"
        );
        Assert.DoesNotContain(BrowserCitizen.Name, left, StringComparison.Ordinal);
        Assert.DoesNotContain(BrowserCitizen.NationalId, left, StringComparison.Ordinal);

        await visit.Page.EvaluateAsync(
            "() => { globalThis.left = true; dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })) }"
        );
        await visit.Page.WaitForFunctionAsync("() => !globalThis.left");
        await visit.SettledAsync();
        Assert.Contains(BrowserCitizen.Name, await visit.MainAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_Refused_KeepsNoKey()
    {
        await using var visit = await citizen.OpenAsync();
        await visit.Page.GotoAsync($"/download/consent?ds={BrowserCitizen.Household}");
        await visit.Page.WaitForSelectorAsync("[data-agree]:not([disabled])");
        Assert.Matches("^([0-9a-f]{8} ){7}[0-9a-f]{8}$", await visit.Page.TextContentAsync("[data-thumbprint]"));
        await visit.Page.ClickAsync("button[value=refuse]");
        await visit.Page.WaitForURLAsync("**/download/*-*");
        Assert.Equal(0, await KeysAsync(visit.Page));
    }

    [Fact]
    public async Task Consent_BrowserThatKeepsNothing_SaysSoAndCannotAgree()
    {
        await using var visit = await citizen.OpenAsync();
        await visit.Context.AddInitScriptAsync("Object.defineProperty(window, 'indexedDB', { value: undefined })");
        await visit.Page.GotoAsync($"/download/consent?ds={BrowserCitizen.Household}");
        await visit.Page.WaitForSelectorAsync("[data-key-missing]:not([hidden])");
        Assert.True(await visit.Page.IsDisabledAsync("[data-agree]"));
        Assert.True(await visit.Page.IsEnabledAsync("button[value=refuse]"));
    }

    private static async Task SpoilAsync(IRoute route, string fault)
    {
        if (fault == "broken off")
        {
            await route.AbortAsync();
            return;
        }
        var answer = await route.FetchAsync();
        var body = await answer.BodyAsync();
        var spoilt = fault switch
        {
            "changed" =>
            [
                .. body[..^100],
                .. body[^100..].Select((letter, i) => i == 0 ? (byte)(letter == 'A' ? 'B' : 'A') : letter),
            ],
            "cut" => body[..^1000],
            _ => Encoding.UTF8.GetBytes("[]"),
        };
        await route.FulfillAsync(
            new()
            {
                Status = 200,
                ContentType = "application/jose+json",
                BodyBytes = spoilt,
            }
        );
    }

    private static async Task<(string Path, string Name)> SaveAsync(IPage page)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("[data-save]").First.ClickAsync());
        return (await download.PathAsync(), download.SuggestedFilename);
    }

    private static async Task VerifyOfflineAsync(BrowserVisit visit, string zip, byte[] receipt)
    {
        await visit.Page.GotoAsync("/verify", new() { WaitUntil = WaitUntilState.NetworkIdle });
        await visit.Context.SetOfflineAsync(true);
        var asked = 0;
        visit.Page.Request += (_, _) => asked++;
        foreach (
            var (name, bytes) in new[] { ("saved.zip", await File.ReadAllBytesAsync(zip)), ("receipt.jws", receipt) }
        )
        {
            await visit.Page.SetInputFilesAsync(
                "[data-verify-file]",
                new FilePayload
                {
                    Name = name,
                    MimeType = "",
                    Buffer = bytes,
                }
            );
            await visit.Page.WaitForSelectorAsync("[data-verify-result] .badge-good");
            Assert.Empty(await visit.CodesAsync());
            Assert.Empty(await Axe.ViolationsAsync(visit.Page));
            bytes[bytes.Length / 3] ^= 1;
            await visit.Page.SetInputFilesAsync(
                "[data-verify-file]",
                new FilePayload
                {
                    Name = name,
                    MimeType = "",
                    Buffer = bytes,
                }
            );
            await visit.Page.WaitForSelectorAsync("[data-verify-result] [role=alert]");
            Assert.Single(await visit.CodesAsync());
        }
        Assert.Equal(0, asked);
        await visit.Context.SetOfflineAsync(false);
    }

    private static Task<int> KeysAsync(IPage page) =>
        page.EvaluateAsync<int>(
            """
            () => new Promise((resolve) => {
              const request = indexedDB.open("mydata", 1);
              request.onsuccess = () => {
                const keys = request.result.transaction("keys").objectStore("keys").count();
                keys.onsuccess = () => resolve(keys.result);
              };
            })
            """
        );
}
