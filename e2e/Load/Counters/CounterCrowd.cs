using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Playwright;
using MyData.Core.Encryption;
using MyData.E2E.Support;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Counters;

/// <summary>
/// Fifty counters at once, each redeeming one printed ticket after another over HTTP: scan, card, list, fetch, open, next. Among them one
/// clerk in Chromium, timed from the scan to the data on her screen. The tickets are made before; portal, sandbox and this program share the cores.
/// </summary>
public sealed class CounterCrowd : IMeasurement
{
    private const int Counters = 50;
    private const int TicketsOfEach = 55;

    /// <summary>As with the whole flows: until the JIT is done with what counters do.</summary>
    private const int WarmUp = 120;
    private const int Seen = 15;
    private const string Household = "ds=API.7QovE2Gev6";

    public string Name => "counter";

    public TimeSpan Limit => TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        var plan = (await bench.PortalAsync("counter")).With(
            ("MyData:Person:Counter:AtOnce", "1000000"),
            ("MyData:Person:Changes:AtOnce", "1000000"),
            ("MyData:Person:DecisionsAnHour", "100000"),
            ("MyData:SignIn:Rate:NetworkBurst", "100000")
        );
        await using var portal = await Server.StartAsync(plan, bench.Stop);
        Bench.Say("Making tickets …");
        var tickets = new ConcurrentQueue<PaperTicket>(await TicketsAsync(portal.Origin, bench.Stop));
        var forScreen = Enumerable.Range(0, Seen).Select(_ => Take(tickets)).ToList();
        var clerks = new List<(Browser Browser, Calls Calls)>();
        for (var n = 0; n < Counters; n++)
            clerks.Add(await ClerkAsync(portal.Origin, bench.Stop));
        Bench.Say("Warming up …");
        await Crowd.RunAsync(
            Counters,
            WarmUp,
            (n, token) => RedeemAsync(clerks[n].Calls, Take(tickets), token),
            bench.Stop
        );
        Bench.Say("Redeeming …");
        var onScreen = ScreenAsync(portal.Origin, forScreen);
        var result = await Crowd.RunAsync(
            Counters,
            tickets.Count,
            (n, token) => RedeemAsync(clerks[n].Calls, Take(tickets), token),
            bench.Stop
        );
        var screen = await onScreen;
        foreach (var reason in result.Lost.GroupBy(why => why).Take(5))
            Bench.Say($"  {reason.Count()} × {reason.Key}");
        return
        [
            new()
            {
                Name = $"{Counters} counters at once, one redemption over HTTP",
                Target = "p95 < 1 s",
                Unit = "s",
                Samples = result.Seconds,
                Met = result.Seconds.P95 < 1 && result.Lost.Count == 0,
            },
            new()
            {
                Name = "a clerk in Chromium among them, scan to data on screen",
                Target = "p95 < 1 s",
                Unit = "s",
                Samples = screen,
                Met = screen.P95 < 1,
            },
        ];
    }

    private static async Task<List<PaperTicket>> TicketsAsync(Uri origin, CancellationToken token)
    {
        var people = await Person.ListAsync(Network.Client(0), origin, token);
        var made = await Task.WhenAll(
            people.Select(async person =>
            {
                var browser = new Browser(Network.Client(person.Number), origin);
                await SignIn.FirstTimeAsync(browser, person, token);
                var consent = await Consent.GiveAsync(browser, Household, token);
                await Packages.WaitAsync(browser, consent, 1, token);
                var hers = new List<PaperTicket>();
                for (var n = 0; n < TicketsOfEach; n++)
                    hers.Add(await PaperTicket.MakeAsync(browser, consent, person, token));
                return hers;
            })
        );
        return [.. made.SelectMany(hers => hers)];
    }

    private static async Task<(Browser, Calls)> ClerkAsync(Uri origin, CancellationToken token)
    {
        var browser = new Browser(Network.Client(0), origin);
        var door = await browser.GetAsync("/staff/signin", token);
        var desk = await browser.SubmitAsync(door, "id=\"staff-clerks\"", token, ("clerk", "hro"));
        return (browser, new Calls(browser, desk.At("/counter/desk")));
    }

    private static async Task RedeemAsync(Calls calls, PaperTicket paper, CancellationToken token)
    {
        var commitment = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
        var scanned = await calls.PostAsync(
            "/counter/desk/scan",
            token,
            ("number", paper.Number),
            ("commitment", commitment)
        );
        var ticket = JsonSerializer.Deserialize<JsonElement>(scanned).GetProperty("ticket").GetString();
        await calls.PostAsync($"/counter/desk/{ticket}/card", token, ("card", paper.Card));
        var listed = JsonSerializer.Deserialize<JsonElement>(
            await calls.GetAsync($"/counter/desk/{ticket}/packages", token)
        );
        foreach (var one in listed.EnumerateArray())
            SealedPackage.Open(await calls.BytesAsync(one.GetProperty("url").GetString()!, token), paper.Key);
        await calls.PostAsync($"/counter/desk/{ticket}/next", token);
    }

    /// <summary>Seconds from the scanner's Enter to the opened data, the card's characters typed as fast as keys go.</summary>
    private static async Task<Samples> ScreenAsync(Uri origin, IReadOnlyList<PaperTicket> papers)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = BrowserInstall.Find(), Args = ["--no-sandbox", "--disable-gpu"] }
        );
        var page = await chromium.NewPageAsync();
        await page.GotoAsync(new Uri(origin, "/staff/signin").ToString());
        await page.Locator("#staff-clerks [value=hro]").ClickAsync();
        await page.WaitForURLAsync("**/counter/desk");
        var seconds = new List<double>();
        foreach (var paper in papers)
        {
            await page.Locator("#scan").FillAsync(paper.Code);
            var start = Stopwatch.GetTimestamp();
            await page.Keyboard.PressAsync("Enter");
            await page.Locator("#card").FillAsync(paper.Card);
            await page.Keyboard.PressAsync("Enter");
            await page.Locator("[data-packages] .data").First.WaitForAsync();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            await page.Keyboard.PressAsync("Escape");
            await page.Locator("#scan").WaitForAsync();
        }
        return new Samples(seconds);
    }

    private static PaperTicket Take(ConcurrentQueue<PaperTicket> tickets) =>
        tickets.TryDequeue(out var ticket) ? ticket : throw new LoadException("No ticket is left.");
}
