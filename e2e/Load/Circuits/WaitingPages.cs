using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Circuits;

/// <summary>
/// What a progress page costs the portal that somebody leaves open while a slow agency prepares: resident memory after a
/// garbage collection with that many circuits, less that before, for each.
/// </summary>
public sealed class WaitingPages : IMeasurement
{
    private const string Slow = "API.syWqjr4flJ";
    private const int Consents = 24;
    private const int WarmUp = 20;
    private const int OpenedAtOnce = 16;
    private const int Looks = 300;
    private const double MostKilobytes = 250;
    private static readonly int[] Counts = [500, 2_000];
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(12);

    private readonly ConcurrentBag<Circuit> _circuits = [];

    public string Name => "circuits";

    public TimeSpan Limit => TimeSpan.FromMinutes(15);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        await using var servers = await Apart.StartAsync(bench, "circuits", ("MyData:Sandbox:IncomeWait", "01:00:00"));
        var portal = servers.Portal;
        var tabs = await WaitAsync(servers, bench.Stop);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(bench.Stop);
        var pings = PingAsync(ended.Token);
        try
        {
            // The heap takes its working size first: that is the portal's, and no page's.
            await OpenAsync(tabs, Counts[0], bench.Stop);
            await CloseAsync();
            await OpenAsync(tabs, WarmUp, bench.Stop);
            var before = await portal.SettledMemoryAsync(bench.Stop);
            var figures = new List<Figure> { await LookAsync(portal, "`/` with no page waiting", null, bench.Stop) };
            foreach (var count in Counts)
            {
                await OpenAsync(tabs, count + WarmUp - _circuits.Count, bench.Stop);
                var after = await portal.SettledMemoryAsync(bench.Stop);
                figures.Add(Cost(count, before, after));
            }
            figures.Add(await LookAsync(portal, $"`/` with {Counts[^1]} pages waiting", 1, bench.Stop));
            var open = _circuits.Count(circuit => circuit.IsOpen);
            if (open != _circuits.Count)
                throw new LoadException($"Only {open} of {_circuits.Count} circuits are open.\n{portal.Tail}");
            return figures;
        }
        finally
        {
            await ended.CancelAsync();
            await pings.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        await Task.WhenAll(_circuits.Select(circuit => circuit.DisposeAsync().AsTask()));
        _circuits.Clear();
    }

    /// <summary>Consents whose agency is still preparing, and the browsers that gave them.</summary>
    private static async Task<List<(Browser Browser, Consent Consent)>> WaitAsync(
        Apart servers,
        CancellationToken token
    )
    {
        var client = Network.Client(0);
        var people = await Person.ListAsync(client, servers.Sandbox.Origin, token);
        var tabs = new List<(Browser, Consent)>();
        for (var number = 0; number < Consents; number++)
        {
            var browser = new Browser(Network.Client(number), servers.Portal.Origin);
            var person = people[number % people.Count];
            await SignIn.FirstTimeAsync(browser, person, token);
            var asked = await Consent.AskAsync(browser, $"ds={Slow}", ($"{Slow}:year", "114"), token);
            tabs.Add((browser, await Consent.AgreeAsync(browser, asked, token)));
        }
        return tabs;
    }

    private async Task OpenAsync(List<(Browser Browser, Consent Consent)> tabs, int count, CancellationToken token)
    {
        var result = await Crowd.RunAsync(
            OpenedAtOnce,
            count,
            async (_, stop) =>
            {
                var (browser, consent) = tabs[_circuits.Count % tabs.Count];
                _circuits.Add(await Circuit.OpenAsync(browser, consent.ProgressPath, stop));
            },
            token
        );
        if (result.Lost.Count > 0)
            throw new LoadException($"{result.Lost.Count} circuits did not open: {result.Lost.First()}");
        Bench.Say($"{_circuits.Count} circuits open");
    }

    private static Figure Cost(int count, long before, long after)
    {
        var kilobytes = (after - before) / 1000.0 / count;
        return new Figure
        {
            Name = $"memory of a waiting page, {count:#,0} of them",
            Target = $"≤ {MostKilobytes} KB",
            Unit = "KB",
            Samples = new Samples([kilobytes]),
            Met = kilobytes <= MostKilobytes,
            Yardstick = string.Create(
                CultureInfo.InvariantCulture,
                $"resident {before / 1e6:0} MB before, {after / 1e6:0} MB with them"
            ),
        };
    }

    private static async Task<Figure> LookAsync(Server portal, string name, double? limit, CancellationToken token)
    {
        using var client = Network.Client(0);
        var seconds = new Samples();
        for (var look = 0; look < Looks; look++)
        {
            var began = Stopwatch.GetTimestamp();
            (await new Browser(client, portal.Origin).GetAsync("/", token)).At("/");
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        return new Figure
        {
            Name = name,
            Target = limit is null ? "—" : $"p95 < {limit} s",
            Unit = "s",
            Samples = seconds,
            Met = limit is null ? null : seconds.P95 < limit,
        };
    }

    /// <summary>As Blazor's script does; the server closes what is silent for 30 s.</summary>
    private async Task PingAsync(CancellationToken token)
    {
        using var timer = new PeriodicTimer(PingEvery);
        while (await timer.WaitForNextTickAsync(token))
        {
            foreach (var circuit in _circuits.Where(circuit => circuit.IsOpen))
                await circuit.PingAsync(token);
        }
    }
}
