using System.Security.Cryptography;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Transfers;

/// <summary>A persona at her browser, with the keys that the browser's module would make for her.</summary>
internal sealed class Traveller(Portal portal, CitizenDriver browser) : IDisposable
{
    public CitizenDriver Browser { get; } = browser;
    public Jwk Key { get; } = Jwk.GenerateEc();
    public string Claim { get; } = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Signs in by both methods, as at first use.</summary>
    public static async Task<Traveller> SignInAsync(Portal portal, string persona = "lin", string language = "zh-TW")
    {
        var browser = portal.Visitor(language);
        await browser.GetAsync("/signin/documents");
        await ProveAsync(browser, persona);
        return new Traveller(portal, browser);
    }

    /// <summary>From the page of the documents to where she wanted to go.</summary>
    public static async Task<Page> ProveAsync(CitizenDriver browser, string persona)
    {
        var person = SandboxPersonas.All.Single(p => p.Key == persona);
        await browser.SubmitAsync(
            "documents",
            ("id", person.Id.Value),
            ("health_card", person.HealthCard),
            ("household", person.Household)
        );
        if (browser.Page.Path == "/signin")
            await UpstreamAsync(browser, persona);
        return browser.Page;
    }

    /// <summary>Chooses data sets, reads the consent page, and agrees. The consent's id.</summary>
    /// <param name="query">Such as <c>ds=API.x&amp;API.x:INQ_YR=113</c>.</param>
    public async Task<Guid> AgreeAsync(string query)
    {
        (await Download.FillInAsync(Browser, query)).ShouldBeAt("/download/consent");
        var progress = await DecideAsync();
        return Guid.Parse(progress.Url.Segments[^1]);
    }

    /// <summary>Agrees on the consent page before her.</summary>
    public Task<Page> DecideAsync() =>
        Browser.SubmitAsync(
            "/download/decide",
            ("decision", "agree"),
            ("recipient_jwk", Key.PublicOnly().ToJson()),
            ("claim_hash", Claims.HashOf(Claim))
        );

    /// <summary>The consent's transfers once none of them is under way.</summary>
    public Task<List<Transfer>> SettledAsync(Guid consentId) =>
        portal.EventuallyAsync(
            "settled transfers",
            async () =>
            {
                var transfers = await TransfersAsync(consentId);
                return transfers.Count > 0 && transfers.All(t => t.State >= TransferState.Ready) ? transfers : null;
            }
        );

    public Task<List<Transfer>> TransfersAsync(Guid consentId) =>
        portal.ReadAsync(db =>
            db.Set<Transfer>().Where(t => t.ConsentId == consentId).OrderBy(t => t.Id).ToListAsync()
        );

    public Task<List<Event>> EventsAsync(Guid consentId) =>
        portal.ReadAsync(db => db.Set<Event>().Where(e => e.ConsentId == consentId).OrderBy(e => e.Id).ToListAsync());

    /// <summary>Asks the relay for a package with this claim. The caller disposes.</summary>
    public Task<HttpResponseMessage> FetchAsync(Guid transferId, string? claim = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/relay/{transferId}/package");
        request.Headers.Add("MyData-Claim", claim ?? Claim);
        return Browser.SendAsync(request);
    }

    public void Dispose() => Browser.Dispose();

    private static async Task UpstreamAsync(CitizenDriver browser, string persona)
    {
        await browser.GetAsync(browser.Page.Html.QuerySelector("a[href^='/signin/oidc']")!.GetAttribute("href")!);
        var choose = browser.Page.Html.Forms.OfType<IHtmlFormElement>().First();
        await browser.SubmitAsync(
            choose.GetAttribute("action")!.Split('?')[0],
            ("persona", persona),
            ("decision", "agree")
        );
        if (browser.Page.Path == "/signin/welcome")
            await browser.SubmitAsync("welcome");
    }
}
