using System.Globalization;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Load.Nodes;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Several;

/// <summary>
/// The seed's own test: fifty users at once for a minute on three nodes, and half-way one of the two that follow is killed. An access is a
/// whole flow, from sign-in to the opened data. Another system records all the while and keeps its receipts.
/// </summary>
public sealed class FiftyUsers : IMeasurement
{
    private const int Users = 50;
    private const int WarmUp = 400;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    public string Name => "seed";

    public TimeSpan Limit => TimeSpan.FromMinutes(20);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        await using var nodes = await NodesUnderLoad.StartAsync(bench);
        var clients = Enumerable.Range(0, Users).Select(Network.Client).ToList();
        var people = await Person.ListAsync(clients[0], nodes.Portal.Origin, bench.Stop);
        var packages = await Packages.TrustingAsync(new Browser(clients[0], nodes.Portal.Origin), bench.Stop);
        var journeys = clients
            .Select((client, i) => new Journey(packages, people[i % people.Count], client, nodes.Portal.Origin))
            .ToList();
        Bench.Say("First visits, and warming up …");
        foreach (var journey in journeys.Take(people.Count))
            await journey.FirstAsync(bench.Stop);
        await Crowd.RunAsync(Users, WarmUp, (i, token) => journeys[i].AgainAsync(token), bench.Stop);

        await using var callers = nodes.Call(atOnce: 1);
        var crowd = Crowd.RunForAsync(Users, Time, (i, token) => journeys[i].AgainAsync(token), bench.Stop);
        await Task.Delay(Time / 2, bench.Stop);
        var victim = nodes.Databases[
            System.Security.Cryptography.RandomNumberGenerator.GetInt32(2) == 0 ? "node2" : "node3"
        ];
        await victim.KillAsync();
        Bench.Say($"{victim.Name} is killed.");
        var result = await crowd;
        await callers.StopAsync();
        var reckoning = await nodes.ReckonAsync(callers, bench.Stop);
        foreach (var reason in result.Lost.GroupBy(why => why).OrderByDescending(g => g.Count()).Take(5))
            Bench.Say($"  {reason.Count()} × {reason.Key}");
        clients.ForEach(client => client.Dispose());
        return
        [
            new()
            {
                Name =
                    $"{Users} users at once for {Time.TotalSeconds:0} s on three nodes, one killed half-way: one access, sign-in to opened data",
                Target = "mean < 5 s, max < 8 s",
                Unit = "s",
                Samples = result.Seconds,
                Met = result.Seconds is { Count: > 0, Mean: < 5, Max: < 8 },
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.PerSecond:0.0} a second; {reckoning.Size:#,0} records in the log"
                ),
            },
            new()
            {
                Name = "the same: a record of another system meanwhile, with its receipt",
                Target = "—",
                Unit = "s",
                Samples = new Samples(callers.Acknowledged.Select(one => one.Seconds)),
            },
            Figures.None("the same: lost", result.Lost.Count + reckoning.Lost),
            Figures.None("the same: forged", reckoning.Forged + reckoning.Findings.Count),
        ];
    }
}
