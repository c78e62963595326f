using System.Globalization;
using MyData.Load.Browsing;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Flows;

/// <summary>
/// Fifty citizens at once, each through the whole flow over HTTP, again and again; portal, sandbox and this program on the
/// same cores. Warm: everybody has been here before, and the code is compiled.
/// </summary>
public sealed class WholeFlows : IMeasurement
{
    private const int Citizens = 50;

    /// <summary>As many as it takes until the JIT is done: before that it takes a fifth of the processor time.</summary>
    private const int WarmUp = 2_000;
    private const int Measured = 1_500;
    private const int Gets = 5_000;
    private const string StaticPage = "/";

    public string Name => "flows";

    public TimeSpan Limit => TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        var plan = await bench.PortalAsync("flows");
        await using var portal = await Server.StartAsync(plan, bench.Stop);
        var clients = Enumerable.Range(0, Citizens).Select(Network.Client).ToList();
        var people = await Person.ListAsync(clients[0], portal.Origin, bench.Stop);
        var packages = await Packages.TrustingAsync(new Browser(clients[0], portal.Origin), bench.Stop);
        var journeys = clients
            .Select((client, i) => new Journey(packages, people[i % people.Count], client, portal.Origin))
            .ToList();

        Bench.Say("First visits …");
        foreach (var journey in journeys.Take(people.Count))
            await journey.FirstAsync(bench.Stop);
        Bench.Say("Warming up …");
        var warm = await Crowd.RunAsync(Citizens, WarmUp, (i, token) => journeys[i].AgainAsync(token), bench.Stop);
        Tell("warm-up", warm);
        var looks = journeys.Sum(journey => journey.Looks);
        var (portalBefore, ownBefore) = (ProcessTime.Of(portal.Id), ProcessTime.Of(Environment.ProcessId));
        var result = await Crowd.RunAsync(Citizens, Measured, (i, token) => journeys[i].AgainAsync(token), bench.Stop);
        var work = new Work(
            (ProcessTime.Of(portal.Id) - portalBefore).TotalMilliseconds / Measured,
            (ProcessTime.Of(Environment.ProcessId) - ownBefore).TotalMilliseconds / Measured,
            (journeys.Sum(journey => journey.Looks) - looks) / (double)Measured
        );
        Tell("measured", result);
        if (result.Seconds.Count == 0)
            throw new LoadException($"No flow ended well.\n{portal.Tail}");
        var gets = await Crowd.RunAsync(Citizens, Gets, (i, token) => GetAsync(clients[i], portal, token), bench.Stop);
        var inserts = DurableInserts.PerSecond(bench.Workspace.NewFolder("yardstick"));
        clients.ForEach(client => client.Dispose());
        return Figures(warm, result, work, gets.PerSecond, inserts);
    }

    private static IReadOnlyList<Figure> Figures(
        CrowdResult warm,
        CrowdResult result,
        Work work,
        double gets,
        double inserts
    ) =>
        [
            new()
            {
                Name = $"{Citizens} citizens at once, one whole flow",
                Target = "mean < 1 s, max < 3 s",
                Unit = "s",
                Samples = result.Seconds,
                Met = result.Seconds is { Mean: < 1, Max: < 3 },
            },
            new()
            {
                Name = "complete flows a second",
                Target = "≥ 50",
                Unit = "1/s",
                Samples = new Samples([result.PerSecond]),
                Met = result.PerSecond >= 50,
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"durable single-row inserts {inserts:#,0}/s: one flow takes as long as {inserts / result.PerSecond:0}; GETs of `{StaticPage}` {gets:#,0}/s: as long as {gets / result.PerSecond:0}"
                ),
            },
            new()
            {
                Name = "processor time of one flow, portal with sandbox and generator",
                Target = "—",
                Unit = "ms",
                Samples = new Samples([work.Portal + work.Generator]),
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"portal with sandbox {work.Portal:0.0} ms, generator {work.Generator:0.0} ms, {work.Looks:0.0} looks at the progress page among it; {Environment.ProcessorCount} cores have {Environment.ProcessorCount * 1000 / 50} ms for each of 50 flows a second"
                ),
            },
            new()
            {
                Name = "flows lost, warm-up included",
                Target = "0",
                Unit = "",
                Samples = new Samples([warm.Lost.Count + result.Lost.Count]),
                Met = warm.Lost.Count + result.Lost.Count == 0,
            },
        ];

    /// <summary>Of each flow: milliseconds of processor time, and looks at the progress page.</summary>
    private sealed record Work(double Portal, double Generator, double Looks);

    private static async Task GetAsync(HttpClient client, Server portal, CancellationToken token) =>
        (await new Browser(client, portal.Origin).GetAsync(StaticPage, token)).At(StaticPage);

    private static void Tell(string phase, CrowdResult result)
    {
        Bench.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{phase}: {result.PerSecond:0.0} flows/s, mean {result.Seconds.Mean:0.00} s, max {result.Seconds.Max:0.00} s, lost {result.Lost.Count}"
            )
        );
        foreach (var reason in result.Lost.GroupBy(why => why).OrderByDescending(g => g.Count()).Take(5))
            Bench.Say($"  {reason.Count()} × {reason.Key}");
    }
}
