using System.Collections.Concurrent;
using System.Globalization;
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

    /// <summary>Codes at a time, for both providers: of fewer a round is over before it runs evenly.</summary>
    private const int Round = 1500;

    /// <summary>Rounds until the JIT is done, for both.</summary>
    private const int WarmUp = 1;
    private const int Measured = 3;

    private const int MostLooks = 300;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

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
        var callers = await CallersAsync(
            number => service.Caller(Network.Client(number), portal.Origin),
            "/connect/token",
            bench.Stop
        );
        var exchanged = new List<CrowdResult>();
        var delivered = new List<CrowdResult>();
        var work = TimeSpan.Zero;
        for (var round = 0; round < WarmUp + Measured; round++)
        {
            var codes = await CodesAsync(service, people, bench.Stop);
            var tokens = new ConcurrentQueue<(int Caller, Guid Transfer, string Access)>();
            await QuietAsync(portal.Id, bench.Stop);
            var before = ProcessTime.Of(portal.Id);
            exchanged.Add(Tell("exchanges", await Crowd.RunAsync(Clients, Round, ExchangeAsync, bench.Stop)));
            if (round >= WarmUp)
                work += ProcessTime.Of(portal.Id) - before;
            delivered.Add(Tell("deliveries", await Crowd.RunAsync(Clients, Round, ReceiveAsync, bench.Stop)));

            async Task ExchangeAsync(int number, CancellationToken token)
            {
                var told = await callers[number]
                    .TokenAsync("/connect/token", Take(codes), LoadService.Redirect, service.Verifier, token);
                var set = told.GetProperty("authorization_details")[0].GetProperty("datasets")[0];
                tokens.Enqueue(
                    (number, set.GetProperty("transfer_id").GetGuid(), told.GetProperty("access_token").GetString()!)
                );
            }

            // A token is bound to the key of the caller that got it.
            Task ReceiveAsync(int _, CancellationToken token)
            {
                var (caller, transfer, access) = Take(tokens);
                return callers[caller].ReceiveAsync(transfer, access, service.Recipient, token);
            }
        }
        await using var store = await PlainPostgres.StartAsync(bench.Stop);
        var durable = Tell("oidc-provider, durable", await OtherAsync(service.Verifier, store.Socket, bench.Stop));
        var memory = Tell("oidc-provider, in memory", await OtherAsync(service.Verifier, socket: null, bench.Stop));
        return Figures(
            CrowdResult.Of(exchanged.Skip(WarmUp)),
            work.TotalMilliseconds / (Measured * Round),
            CrowdResult.Of(delivered.Skip(WarmUp)),
            durable,
            memory
        );
    }

    /// <summary>What making the codes set off (notices, events) is no part of exchanging them.</summary>
    private static async Task QuietAsync(int process, CancellationToken token)
    {
        for (var look = 0; look < MostLooks; look++)
        {
            var before = ProcessTime.Of(process);
            await Task.Delay(Look, token);
            if (ProcessTime.Of(process) - before <= Look / 10)
                return;
        }
        throw new LoadException("It does not come to rest.");
    }

    private static async Task<CrowdResult> OtherAsync(string verifier, string? socket, CancellationToken token)
    {
        var key = Jwk.GenerateEc("signs", "sig");
        var codesNeeded = Round * (WarmUp + Measured);
        await using var provider = await OtherProvider.StartAsync(key, verifier, codesNeeded, socket, token);
        var codes = new ConcurrentQueue<string>(provider.Codes);
        var callers = await CallersAsync(
            number => new ServiceCaller(Network.Client(number), provider.Issuer, OtherProvider.Client, key),
            "/token",
            token
        );
        Task ExchangeAsync(int number, CancellationToken stop) =>
            callers[number].TokenAsync("/token", Take(codes), provider.Redirect, verifier, stop);
        var exchanged = new List<CrowdResult>();
        for (var round = 0; round < WarmUp + Measured; round++)
        {
            await QuietAsync(provider.Id, token);
            exchanged.Add(await Crowd.RunAsync(Clients, Round, ExchangeAsync, token));
        }
        return CrowdResult.Of(exchanged.Skip(WarmUp));
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

    private static async Task<ServiceCaller[]> CallersAsync(
        Func<int, ServiceCaller> make,
        string path,
        CancellationToken token
    )
    {
        var callers = Enumerable.Range(0, Clients).Select(make).ToArray();
        foreach (var caller in callers)
            await caller.KnowNonceAsync(path, token);
        return callers;
    }

    private static T Take<T>(ConcurrentQueue<T> queue) =>
        queue.TryDequeue(out var one) ? one : throw new LoadException("There are no more.");

    private static CrowdResult Tell(string what, CrowdResult result)
    {
        Bench.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {result.PerSecond:0.0}/s, mean {result.Seconds.Mean * 1000:0} ms, lost {result.Lost.Count} {result.Lost.FirstOrDefault()}"
            )
        );
        return result;
    }

    private static IReadOnlyList<Figure> Figures(
        CrowdResult exchanged,
        double work,
        CrowdResult delivered,
        CrowdResult durable,
        CrowdResult memory
    ) =>
        [
            new()
            {
                Name = $"{Clients} clients at once: codes exchanged a second",
                Target = "≥ 3 × npm oidc-provider 9, durable too",
                Unit = "1/s",
                Samples = new Samples([exchanged.PerSecond]),
                Met = exchanged.Lost.Count == 0 && exchanged.PerSecond >= 3 * durable.PerSecond,
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"oidc-provider, its store PostgreSQL: {durable.PerSecond:0}/s ({exchanged.PerSecond / durable.PerSecond:0.00} ×); in memory, nothing durable: {memory.PerSecond:0}/s ({exchanged.PerSecond / memory.PerSecond:0.00} ×); the portal's processor time {work:0.00} ms each"
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
