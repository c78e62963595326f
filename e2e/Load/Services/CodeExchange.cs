using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Services;

/// <summary>
/// Fifty clients of a service at once: each exchanges a code with private_key_jwt, PKCE and DPoP, durable and in the ledger; beside it npm oidc-provider
/// doing the same, durable too (without a ledger), and once more in memory. Then each fetches what its token is for, and signs for it. The codes are made
/// before, by citizens over HTTP.
/// </summary>
public sealed class CodeExchange : IMeasurement
{
    private const int Clients = 50;

    /// <summary>Codes at a time, for all providers: of fewer a round is over before it runs evenly.</summary>
    private const int Round = 1500;

    /// <summary>Rounds of the portal's until the JIT is done; the other's has its own (<see cref="OtherRounds"/>).</summary>
    private const int WarmUp = 2;
    private const int Counted = 4;

    public string Name => "services";

    public TimeSpan Limit => TimeSpan.FromMinutes(15);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        var service = new LoadService();
        var plan = (await bench.PortalAsync("services")).With(
            ("MyData:Sandbox:Services", service.Write(bench.Workspace.NewFolder("service"))),
            ("MyData:Services:CodeLife", "01:00:00"),
            ("MyData:SignIn:Rate:NetworkBurst", "100000")
        );
        await using var portal = await Server.StartAsync(plan, bench.Stop);
        var people = await PeopleAsync(service, portal.Origin, bench.Stop);
        var callers = Enumerable
            .Range(0, Clients)
            .Select(number => service.Caller(Network.Client(number), portal.Origin))
            .ToArray();
        await using var store = await PlainPostgres.StartAsync(bench.Stop);
        await using var durable = await OtherAsync(service, store.Socket, Counted, bench.Stop);
        await using var memory = await OtherAsync(service, socket: null, 1, bench.Stop);
        var ours = new ExchangeSide("exchanges", portal.Id, callers, "/connect/token");
        var delivered = new List<CrowdResult>();
        for (var round = 0; round < WarmUp + Counted; round++)
        {
            var counts = round >= WarmUp;
            var tokens = new ConcurrentQueue<(int Caller, JsonElement Told)>();
            await ours.RoundAsync(
                await CodesAsync(service, people, bench.Stop),
                LoadService.Redirect,
                service.Verifier,
                counts,
                (caller, told) => tokens.Enqueue((caller, told)),
                bench.Stop
            );
            // In turn, a few seconds apart: the speed of a machine may change by half within minutes.
            if (counts)
                await durable.RunAsync(bench.Stop);
            var fetched = await DeliverAsync(callers, tokens, service.Recipient, bench.Stop);
            if (counts)
                delivered.Add(fetched);
        }
        await memory.RunAsync(bench.Stop);
        return Figures(ours.Total(), CrowdResult.Of(delivered), durable.Side.Total(), memory.Side.Total());
    }

    private static Task<OtherRounds> OtherAsync(
        LoadService service,
        string? socket,
        int rounds,
        CancellationToken token
    ) => OtherRounds.StartAsync(service.Verifier, socket, Clients, Round, rounds, token);

    private static async Task<CrowdResult> DeliverAsync(
        IReadOnlyList<ServiceCaller> callers,
        ConcurrentQueue<(int Caller, JsonElement Told)> tokens,
        Jwk recipient,
        CancellationToken stop
    )
    {
        var result = await Crowd.RunAsync(Clients, tokens.Count, ReceiveAsync, stop);
        return result.Tell("deliveries");

        // A token is bound to the key of the caller that got it.
        Task ReceiveAsync(int _, CancellationToken token)
        {
            tokens.TryDequeue(out var one);
            var set = one.Told.GetProperty("authorization_details")[0].GetProperty("datasets")[0];
            return callers[one.Caller]
                .ReceiveAsync(
                    set.GetProperty("transfer_id").GetGuid(),
                    one.Told.GetProperty("access_token").GetString()!,
                    recipient,
                    token
                );
        }
    }

    private static async Task<IReadOnlyList<(Browser Browser, ServiceCaller Caller)>> PeopleAsync(
        LoadService service,
        Uri portal,
        CancellationToken token
    )
    {
        var people = new List<(Browser Browser, ServiceCaller Caller)>();
        foreach (var person in await Person.ListAsync(Network.Client(0), portal, token))
        {
            var browser = new Browser(Network.Client(person.Number), portal);
            await SignIn.FirstTimeAsync(browser, person, token);
            people.Add((browser, service.Caller(Network.Client(person.Number), portal)));
        }
        return people;
    }

    private static async Task<ConcurrentQueue<string>> CodesAsync(
        LoadService service,
        IReadOnlyList<(Browser Browser, ServiceCaller Caller)> people,
        CancellationToken token
    )
    {
        var codes = new ConcurrentQueue<string>();
        var made = await Crowd.RunAsync(
            people.Count,
            Round,
            async (number, stop) =>
                codes.Enqueue(await service.CodeAsync(people[number].Caller, people[number].Browser, stop)),
            token
        );
        return made.Lost.Count == 0
            ? codes
            : throw new LoadException($"{made.Lost.Count} codes were not made: {made.Lost.First()}");
    }

    private static IReadOnlyList<Figure> Figures(
        (CrowdResult Result, double Work) ours,
        CrowdResult delivered,
        (CrowdResult Result, double Work) durable,
        (CrowdResult Result, double Work) memory
    )
    {
        var (mine, theirs, quick) = (ours.Result.PerSecond, durable.Result.PerSecond, memory.Result.PerSecond);
        return
        [
            new()
            {
                Name = $"{Clients} clients at once: codes exchanged a second",
                Target = "≥ 3 × npm oidc-provider 9, durable too",
                Unit = "1/s",
                Samples = new Samples([mine]),
                Met = ours.Result.Lost.Count + durable.Result.Lost.Count == 0 && mine >= 3 * theirs,
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"oidc-provider, its store PostgreSQL: {theirs:0}/s ({mine / theirs:0.00} ×); in memory, nothing durable: {quick:0}/s ({mine / quick:0.00} ×); processor time of one: the portal's {ours.Work:0.00} ms, theirs {durable.Work:0.00} ms and {memory.Work:0.00} ms"
                ),
            },
            new()
            {
                Name = $"{Clients} deliveries at once: fetched, opened, signed for",
                Target = "mean < 0.5 s",
                Unit = "s",
                Samples = delivered.Seconds,
                Met = delivered.Seconds.Mean < 0.5,
            },
            new()
            {
                Name = "deliveries lost, or refused as done before",
                Target = "0",
                Unit = "",
                Samples = new Samples([delivered.Lost.Count]),
                Met = delivered.Lost.Count == 0,
            },
        ];
    }
}
