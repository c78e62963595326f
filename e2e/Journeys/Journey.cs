using System.Collections.Concurrent;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyData.Core.Catalog;
using MyData.E2E.Support;
using MyData.Tests.Support;

namespace MyData.E2E.Journeys;

public sealed record Reader
{
    public string Language { get; init; } = "zh-TW";
    public bool Dark { get; init; }
    public int Width { get; init; } = 1200;

    /// <summary>The server goes away while she looks on: the browser's own words about that are no fault.</summary>
    public bool ToleratesLostConnection { get; init; }

    public ColorScheme Colours => Dark ? ColorScheme.Dark : ColorScheme.Light;

    /// <summary>Looks at each page on the phone only, in the colours that the other language has not.</summary>
    public bool OnPhoneOnly { get; init; }

    /// <summary>Light, dark and a phone's width in two looks; the other two are those of the other language.</summary>
    public IEnumerable<(ColorScheme Colours, int Width)> Looks
    {
        get
        {
            var phone = Language == "en" ? ColorScheme.Dark : ColorScheme.Light;
            yield return (phone, 360);
            if (!OnPhoneOnly)
                yield return (phone == ColorScheme.Dark ? ColorScheme.Light : ColorScheme.Dark, 1200);
        }
    }

    public override string ToString() => $"{Language}-{(Dark ? "dark" : "light")}-{Width}";
}

/// <summary>
/// One citizen in Chromium. Fails on any report against the Content-Security-Policy and any script error; keeps trace and
/// picture in e2e/artifacts when the journey fails.
/// </summary>
public sealed partial class Journey
{
    // axe no longer asks, but a label finds only the first.
    private const string SameId =
        "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, at, all) => all.indexOf(id) !== at)";
    private const string TooWide =
        "document.scrollingElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]"
        + ".filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120)).slice(-3)";
    private readonly ConcurrentQueue<string> _complaints = new();

    private Journey(PortalProcess portal, Reader reader, IBrowserContext context, IPage page)
    {
        Portal = portal;
        Reader = reader;
        Context = context;
        Page = page;
    }

    public PortalProcess Portal { get; }
    public Reader Reader { get; }
    public IBrowserContext Context { get; }
    public IPage Page { get; private set; }

    public static async Task RunAsync(PortalProcess portal, Reader reader, Func<Journey, Task> steps)
    {
        var browser = await Chromium.GetAsync();
        await using var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = portal.Origin.ToString(),
                Locale = reader.Language,
                TimezoneId = "Asia/Taipei",
                ColorScheme = reader.Colours,
                ViewportSize = new ViewportSize { Width = reader.Width, Height = 800 },
            }
        );
        await context.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', e => console.error(`CSP ${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))"
        );
        // Without snapshots of the document and without a film, which cost more than half of a journey's time.
        await context.Tracing.StartAsync(new TracingStartOptions());
        var journey = new Journey(portal, reader, context, await context.NewPageAsync());
        context.Console += (_, message) =>
        {
            if (message.Type == "error" && !journey.IsExpected(message.Text))
                journey._complaints.Enqueue($"{message.Text} ({message.Location})");
        };
        context.WebError += (_, error) => journey._complaints.Enqueue(error.Error);
        try
        {
            await steps(journey);
            journey.AssertQuiet();
        }
        catch
        {
            await journey.KeepAsync();
            throw;
        }
    }

    public async Task OpenAsync(string path)
    {
        var response = await Page.GotoAsync(path);
        Assert.True(response!.Ok, $"{response.Status} {path}");
    }

    /// <summary>The portal's own words in her language: <c>Words&lt;DownloadText&gt;("Agree")</c>.</summary>
    public string Words<TText>(string key, params object[] values)
    {
        var words =
            new ResourceManager(typeof(TText)).GetString(key, CultureInfo.GetCultureInfo(Reader.Language))
            ?? throw new InvalidOperationException($"No {typeof(TText).Name} {key}");
        return values.Length == 0 ? words : string.Format(CultureInfo.InvariantCulture, words, values);
    }

    public string Name(LocalText text) => Reader.Language == "en" ? text.En : text.Zh;

    /// <summary>Waits until the page's path is this.</summary>
    public Task AtAsync(string path) => Page.WaitForURLAsync(url => new Uri(url).AbsolutePath == path);

    /// <summary>Closes her tab and opens a new one, the cookies kept.</summary>
    public async Task NewTabAsync()
    {
        await Page.CloseAsync();
        Page = await Context.NewPageAsync();
    }

    /// <summary>Goes on in one more tab; the one before stays open.</summary>
    public async Task SecondTabAsync() => Page = await Context.NewPageAsync();

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    /// <summary>What axe finds on the page, what runs out of a narrow screen, ids that stand twice, and a heading that is missing or double.</summary>
    public async Task<IReadOnlyList<string>> FlawsAsync()
    {
        var flaws = new List<string>();
        flaws.AddRange((await Axe.ViolationsAsync(Page)).Select(flaw => $"{Page.Url}: {flaw}"));
        foreach (var element in await Page.EvaluateAsync<string[]>(TooWide))
            flaws.Add($"{Page.Url}: wider than the screen: {element}");
        foreach (var id in await Page.EvaluateAsync<string[]>(SameId))
            flaws.Add($"{Page.Url}: more than one #{id}");
        if (await Page.Locator("h1").CountAsync() != 1)
            flaws.Add($"{Page.Url}: not one h1");
        return flaws;
    }

    /// <summary>No flaw in this page: light, dark, and as narrow as a phone gets.</summary>
    public async Task AccessibleAsync()
    {
        var flaws = await FlawsOfLooksAsync();
        Assert.True(flaws.Count == 0, string.Join('\n', flaws));
    }

    /// <summary>The flaws in each of <see cref="Reader.Looks"/>.</summary>
    public async Task<IReadOnlyList<string>> FlawsOfLooksAsync()
    {
        var flaws = new List<string>();
        foreach (var (colours, width) in Reader.Looks)
        {
            await Page.EmulateMediaAsync(new() { ColorScheme = colours });
            await Page.SetViewportSizeAsync(width, 800);
            flaws.AddRange((await FlawsAsync()).Select(flaw => $"{colours} {width}: {flaw}"));
        }
        await Page.EmulateMediaAsync(new() { ColorScheme = Reader.Colours });
        await Page.SetViewportSizeAsync(Reader.Width, 800);
        return flaws;
    }

    /// <summary>No flaw in this page; and a picture of it in the folder that <c>MYDATA_PICTURES</c> names, if it does.</summary>
    public async Task LookAsync(string name)
    {
        await AccessibleAsync();
        await PictureAsync(name);
    }

    /// <summary>A picture of the page in the folder that <c>MYDATA_PICTURES</c> names, if it does.</summary>
    /// <param name="window">what a window of this size shows; null: the whole page</param>
    public async Task PictureAsync(string name, ViewportSize? window = null)
    {
        if (Environment.GetEnvironmentVariable("MYDATA_PICTURES") is not { } folder)
            return;
        if (window is not null)
            await Page.SetViewportSizeAsync(window.Width, window.Height);
        await Page.ScreenshotAsync(
            new() { Path = Path.Combine(folder, $"{name}-{Reader.Language}.png"), FullPage = window is null }
        );
        await Page.SetViewportSizeAsync(Reader.Width, 800);
    }

    public void AssertQuiet() => Assert.True(_complaints.IsEmpty, string.Join('\n', _complaints));

    // A page that says 403 or 404 on purpose is named by the browser too.
    private bool IsExpected(string message) =>
        message.StartsWith("Failed to load resource", StringComparison.Ordinal)
        || (Reader.ToleratesLostConnection && !Policy().IsMatch(message));

    private async Task KeepAsync()
    {
        var folder = Path.Combine(Repository.Root, "e2e", "artifacts");
        var name = $"{TestContext.Current.TestMethod?.MethodName}-{Reader}";
        await Context.Tracing.StopAsync(new TracingStopOptions { Path = Path.Combine(folder, name + ".trace.zip") });
        if (!Page.IsClosed)
            await Page.ScreenshotAsync(
                new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true }
            );
        await File.WriteAllLinesAsync(Path.Combine(folder, name + ".log"), Portal.Output);
    }

    [GeneratedRegex("^CSP|Content Security Policy")]
    private static partial Regex Policy();
}
