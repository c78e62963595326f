using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using MyData.Core.Encryption;
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

    /// <summary>At a time, so that none runs out before it is shown.</summary>
    private const int TicketsOfEach = 55;

    /// <summary>Rounds, as with the whole flows: until the JIT is done with what counters do.</summary>
    private const int WarmUp = 5;
    private const int Measured = 3;

    /// <summary>In each measured round.</summary>
    private const int Seen = 8;
    private const string Household = "ds=API.7QovE2Gev6";

    public string Name => "counter";

    public TimeSpan Limit => TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        var plan = (await bench.PortalAsync("counter")).With(
            ("MyData:Counter:TicketsAnHour", "1000000"),
            ("MyData:Person:Counter:AtOnce", "1000000"),
            ("MyData:Person:Changes:AtOnce", "1000000"),
            ("MyData:Person:DecisionsAnHour", "100000"),
            ("MyData:SignIn:Rate:NetworkBurst", "100000")
        );
        await using var portal = await Server.StartAsync(plan, bench.Stop);
        var people = await PeopleAsync(portal.Origin, bench.Stop);
        var clerks = new List<(Browser Browser, Calls Calls)>();
        for (var n = 0; n < Counters; n++)
            clerks.Add(await ClerkAsync(portal.Origin, bench.Stop));
        await using var screen = await ClerkScreen.OpenAsync(portal.Origin);
        var redeemed = new List<CrowdResult>();
        var onScreen = new Samples();
        var work = TimeSpan.Zero;
        for (var round = 0; round < WarmUp + Measured; round++)
        {
            Bench.Say($"Making tickets, round {round + 1} of {WarmUp + Measured} …");
            var tickets = new ConcurrentQueue<PaperTicket>(await TicketsAsync(people, bench.Stop));
            var measured = round >= WarmUp;
            var forScreen = Enumerable.Range(0, measured ? Seen : 1).Select(_ => Take(tickets)).ToList();
            var before = ProcessTime.Of(portal.Id);
            var seeing = screen.ShowAsync(forScreen);
            var result = await Crowd.RunAsync(
                Counters,
                tickets.Count,
                (n, token) => RedeemAsync(clerks[n].Calls, Take(tickets), token),
                bench.Stop
            );
            Bench.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {result.PerSecond:0.0}/s, p95 {result.Seconds.P95:0.00} s, lost {result.Lost.Count} {result.Lost.FirstOrDefault()}"
                )
            );
            var seen = await seeing;
            if (!measured)
                continue;
            redeemed.Add(result);
            work += ProcessTime.Of(portal.Id) - before;
            foreach (var seconds in seen)
                onScreen.Add(seconds);
        }
        return Figures(CrowdResult.Of(redeemed), onScreen, work);
    }

    private static IReadOnlyList<Figure> Figures(CrowdResult redeemed, Samples onScreen, TimeSpan work) =>
        [
            new()
            {
                Name = $"{Counters} counters at once, one redemption over HTTP",
                Target = "p95 < 1 s",
                Unit = "s",
                Samples = redeemed.Seconds,
                Met = redeemed.Seconds.P95 < 1 && redeemed.Lost.Count == 0,
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{redeemed.PerSecond:0.0} a second; the portal's processor time {work.TotalMilliseconds / redeemed.Seconds.Count:0.0} ms each"
                ),
            },
            new()
            {
                Name = "a clerk in Chromium among them, scan to data on screen",
                Target = "p95 < 1 s",
                Unit = "s",
                Samples = onScreen,
                Met = onScreen.P95 < 1,
            },
        ];

    private static async Task<IReadOnlyList<Citizen>> PeopleAsync(Uri origin, CancellationToken token)
    {
        var people = await Person.ListAsync(Network.Client(0), origin, token);
        return await Task.WhenAll(
            people.Select(async person =>
            {
                var browser = new Browser(Network.Client(person.Number), origin);
                await SignIn.FirstTimeAsync(browser, person, token);
                return new Citizen(person, browser);
            })
        );
    }

    private static async Task<IReadOnlyList<PaperTicket>> TicketsAsync(
        IReadOnlyList<Citizen> people,
        CancellationToken token
    )
    {
        var made = await Task.WhenAll(
            people.Select(async one =>
            {
                // The last counter that has it takes the package with it.
                var consent = await Consent.GiveAsync(one.Browser, Household, token);
                await Packages.WaitAsync(one.Browser, consent, 1, token);
                var hers = new List<PaperTicket>();
                for (var n = 0; n < TicketsOfEach; n++)
                    hers.Add(await PaperTicket.MakeAsync(one.Browser, consent, one.Person, token));
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

    private static PaperTicket Take(ConcurrentQueue<PaperTicket> tickets) =>
        tickets.TryDequeue(out var ticket) ? ticket : throw new LoadException("No ticket is left.");

    private sealed record Citizen(Person Person, Browser Browser);
}
