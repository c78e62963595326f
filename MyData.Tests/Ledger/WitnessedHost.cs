using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>A platform's log before four witnesses, policy 3 of 4, and copies of it that a test takes and starts.</summary>
internal sealed class WitnessedHost : IAsyncDisposable
{
    private readonly List<CoreHost> _hosts = [];

    private WitnessedHost(FourWitnesses four, Engine engine) => (Four, _engine) = (four, engine);

    private readonly Engine _engine;

    public FourWitnesses Four { get; }

    public IReadOnlyList<RunningWitness> Witnesses => Four.All;

    /// <summary>The first host; others are copies.</summary>
    public CoreHost Host { get; private set; } = null!;

    /// <param name="engine">copies of folders are SQLite's</param>
    public static async Task<WitnessedHost> StartAsync(Engine engine = Engine.Sqlite)
    {
        var folder = Directory.CreateTempSubdirectory("mydata-core-").FullName;
        var all = new WitnessedHost(await FourWitnesses.StartAsync(Path.Combine(folder, "keys")), engine);
        all.Host = all.Open(folder);
        await all.Host.WitnessAsync();
        return all;
    }

    /// <summary>The database as it is now, without the files beside it: they would tell by themselves that it is older.</summary>
    public async Task<string> CopyAsync()
    {
        await Host.PassAsync();
        return PowerCut.Copy(Host.Folder);
    }

    /// <summary>It goes on, witnessed, as one log.</summary>
    public static async Task GoodAsync(CoreHost copy)
    {
        await copy.WitnessAsync();
        await copy.PassAsync();
        await copy.CheckAsync();
    }

    /// <summary>Ends the first host when all witnesses have everything.</summary>
    public async Task<Checkpoint> EndAsync(long? size)
    {
        await this.AllHaveAsync(Host, size ?? Host.Log().Tree.Edge.Size);
        var published = Host.Log().Proven!.Checkpoint;
        await Host.Services.DisposeAsync();
        return published;
    }

    /// <summary>A host on what stands in this folder.</summary>
    public CoreHost Open(
        string folder,
        Func<LedgerSettings, LedgerSettings>? with = null,
        Action<IServiceCollection>? services = null
    )
    {
        var settings = new LedgerSettings
        {
            Policy = Four.Lines + FourWitnesses.Quorum,
            WitnessRetry = TimeSpan.FromMilliseconds(100),
        };
        var host = new CoreHost(
            all =>
            {
                all.Replace(ServiceDescriptor.Singleton(TimeProvider.System));
                all.Replace(ServiceDescriptor.Singleton(with?.Invoke(settings) ?? settings));
                services?.Invoke(all);
            },
            folder,
            _engine
        );
        _hosts.Add(host);
        return host;
    }

    /// <summary>Ends a host as a power cut does to what stands on the disk, and leaves its folder.</summary>
    public async Task<string> TakeAsync(CoreHost host)
    {
        await host.Services.DisposeAsync();
        return PowerCut.Copy(host.Folder);
    }

    public async ValueTask DisposeAsync()
    {
        // A host of a test's own has taken its folder along.
        foreach (var host in _hosts.Where(host => Directory.Exists(host.Folder)))
            await host.DisposeAsync();
        await Four.DisposeAsync();
    }
}

internal static class WitnessedHosts
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task WitnessAsync(this CoreHost host) => host.Get<WitnessRounds>().StartAsync(Stop);

    public static Task PassAsync(this CoreHost host) => host.Get<IReleaseGate>().PassAsync(Stop);

    /// <summary>One write of so many records, each about one of these people.</summary>
    public static Task RecordAsync(this CoreHost host, int records, params IReadOnlyList<Guid> people) =>
        host.WriteAsync(scope =>
        {
            for (var n = 0; n < records; n++)
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.TransferReady,
                        Actor = "platform",
                        DataSetId = "API.7QovE2Gev6",
                        CitizenId = people.Count > 0 ? people[n % people.Count] : null,
                    }
                );
        });

    public static async Task<IReadOnlyList<Incident>> IncidentsAsync(this CoreHost host) =>
        await host.Get<LedgerIncidents>().ListAsync(99, Stop);

    /// <summary>That all four have so many records, each by its own copy, from index 0.</summary>
    public static async Task AllHaveAsync(this WitnessedHost all, CoreHost host, long size)
    {
        await Eventually.HoldsAsync(
            host.Get<CommittedEvents>(),
            "all have it",
            () => Task.FromResult(host.Get<LedgerNodes>().All.All(node => node.Size == size))
        );
        foreach (var witness in all.Witnesses)
        {
            var report = await witness.AuditAsync(all.Four.Origin);
            Assert.Empty(report.Findings);
            Assert.Equal(size, report.Verified);
        }
    }
}
