using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace MyData.E2E.Support;

/// <summary>A portal with its sandbox, and a citizen who is signed in there; each test takes a browser profile of hers.</summary>
public sealed class BrowserCitizen : IAsyncLifetime
{
    public const string NationalId = "A299001174";
    public const string Name = "林怡君";
    public const string Household = "API.7QovE2Gev6";
    public const string IdCard = "API.idPhotoRev";
    public const string Vehicles = "API.60GGfgGX1A";

    private string _cookies = "";

    public PortalProcess Portal { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Portal = await PortalProcess.StartAsync();
        var browser = await Chromium.GetAsync();
        await using var context = await browser.NewContextAsync(
            new() { BaseURL = Portal.Origin.ToString(), Locale = "zh-TW" }
        );
        var page = await context.NewPageAsync();
        await SignInAsync(page);
        _cookies = await context.StorageStateAsync();
    }

    public async ValueTask DisposeAsync() => await Portal.DisposeAsync();

    /// <summary>A fresh profile with her session: as if she had just signed in on this device.</summary>
    public async Task<BrowserVisit> OpenAsync(string language = "zh-TW", int width = 1200, bool dark = false)
    {
        var browser = await Chromium.GetAsync();
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = Portal.Origin.ToString(),
                StorageState = _cookies,
                Locale = language,
                TimezoneId = "Asia/Taipei",
                ViewportSize = new ViewportSize { Width = width, Height = 800 },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            }
        );
        return await BrowserVisit.StartAsync(context);
    }

    /// <summary>First use: two different proofs of the same person, then her yes to the terms.</summary>
    private static async Task SignInAsync(IPage page)
    {
        await page.GotoAsync("/signin/oidc/start");
        await page.CheckAsync("[name=persona][value=lin]");
        await page.ClickAsync("button[value=agree]");
        await page.WaitForURLAsync("**/signin**");
        await page.GotoAsync("/signin/documents");
        await page.FillAsync("[name=id]", NationalId);
        await page.FillAsync("[name=health_card]", "000012345671");
        await page.FillAsync("[name=household]", "F1230017");
        await page.ClickAsync("main form button >> nth=-1");
        await page.WaitForURLAsync("**/welcome**");
        await page.ClickAsync("main form button >> nth=0");
        await page.WaitForURLAsync(url => !url.Contains("/signin", StringComparison.Ordinal));
    }
}

/// <summary>One profile with one tab. Fails where a page complains: dialogs, script errors, reports of the policy.</summary>
public sealed class BrowserVisit : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<string> _console = new();
    private readonly ConcurrentDictionary<string, bool> _requests = new();

    private BrowserVisit(IBrowserContext context, IPage page) => (Context, Page) = (context, page);

    public IBrowserContext Context { get; }
    public IPage Page { get; }

    public static async Task<BrowserVisit> StartAsync(IBrowserContext context)
    {
        await context.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', e => console.error(`CSP ${e.effectiveDirective} ${e.blockedURI}`))"
        );
        // Machines that build and test at the same time are slow; a page that hangs is still found.
        context.SetDefaultTimeout(60_000);
        context.SetDefaultNavigationTimeout(60_000);
        var visit = new BrowserVisit(context, await context.NewPageAsync());
        context.WebError += (_, error) => visit._complaints.Enqueue(error.Error);
        context.Dialog += (_, dialog) => visit._complaints.Enqueue($"dialog: {dialog.Message}");
        context.Request += (_, request) => visit._requests[request.Url] = true;
        context.RequestFinished += (_, request) => visit._requests[request.Url] = false;
        context.RequestFailed += (_, request) => visit._requests[request.Url] = false;
        context.Console += (_, message) =>
        {
            visit._console.Enqueue($"{message.Type} {message.Text}");
            if (message.Text.StartsWith("CSP ", StringComparison.Ordinal))
                visit._complaints.Enqueue(message.Text);
        };
        return visit;
    }

    /// <summary>From the choice to the sealed packages' arrival.</summary>
    /// <returns>the consent's id</returns>
    public async Task<string> AgreeAsync(params string[] dataSets)
    {
        await Page.GotoAsync("/download/consent?" + string.Join('&', dataSets.Select(id => $"ds={id}")));
        await Page.ClickAsync("[data-agree]:not([disabled])");
        await Page.WaitForURLAsync("**/download/*-*");
        var consentId = new Uri(Page.Url).Segments[^1];
        // The live page draws each strip on as its package arrives.
        await Page.WaitForFunctionAsync(
            "count => [...document.querySelectorAll('.strip')].filter(strip => strip.dataset.progress === '1').length === count",
            dataSets.Length
        );
        return consentId;
    }

    /// <summary>Opens what came, and waits until each package is shown or refused.</summary>
    public async Task OpenAsync(string consentId)
    {
        await Page.GotoAsync($"/open/{consentId}");
        await SettledAsync();
    }

    public async Task SettledAsync()
    {
        try
        {
            await Page.WaitForFunctionAsync(
                "() => document.querySelector('[data-page-failure] [role=alert]') || [...document.querySelectorAll('[data-transfer]')]"
                    + ".every(section => section.querySelector('[data-card]:not([hidden]), [data-failure] [role=alert]'))"
            );
        }
        catch (TimeoutException)
        {
            var pending = _requests.Where(request => request.Value).Select(request => request.Key);
            Assert.Fail(
                $"Not settled: {Page.Url}\n{await MainAsync()}\nPending: {string.Join(' ', pending)}\n{string.Join('\n', _console)}"
            );
        }
    }

    public async Task<string> MainAsync() => await Page.InnerTextAsync("main");

    public async Task<string[]> CodesAsync() =>
        [.. (await Page.Locator("[role=alert] .code").AllInnerTextsAsync()).Select(text => text.Split(' ')[0])];

    public void AssertQuiet() => Assert.True(_complaints.IsEmpty, string.Join('\n', _complaints));

    public async ValueTask DisposeAsync() => await Context.CloseAsync();
}
