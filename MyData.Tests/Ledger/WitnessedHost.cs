using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>What somebody kept of a host: its folder, and its database where that is not in it.</summary>
internal sealed record HostCopy(string Folder, string? Database)
{
    /// <summary>As it is now, whether the host runs or not.</summary>
    public static HostCopy Of(string folder, string database, Engine engine) =>
        new(PowerCut.Copy(folder), engine == Engine.Postgres ? PostgresServer.Shared.Copy(database) : null);
}

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

    public static async Task<WitnessedHost> StartAsync(Engine engine = Engine.Sqlite)
    {
        var folder = Directory.CreateTempSubdirectory("mydata-core-").FullName;
        var all = new WitnessedHost(await FourWitnesses.StartAsync(Path.Combine(folder, "keys")), engine);
        all.Host = all.Open(folder);
        await all.Host.WitnessAsync();
        return all;
    }

    /// <summary>The database as it is now, without the files beside it: they would tell by themselves that it is older.</summary>
    public async Task<HostCopy> CopyAsync()
    {
        await Host.PassAsync();
        var copy = HostCopy.Of(Host.Folder, Host.ConnectionString, _engine);
        // PostgreSQL ends the sessions of what it copies; each reader of the pool finds out once.
        for (var reader = 0; _engine == Engine.Postgres && reader < 10; reader++)
            await Record.ExceptionAsync(() => Host.AllAsync<LedgerLogRow>());
        return copy;
    }

    /// <summary>The same again, for another host.</summary>
    public HostCopy Copy(HostCopy copy) => HostCopy.Of(copy.Folder, copy.Database ?? "", _engine);

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
    ) => Open(new HostCopy(folder, null), with, services);

    /// <inheritdoc cref="Open(string, Func{LedgerSettings, LedgerSettings}?, Action{IServiceCollection}?)"/>
    public CoreHost Open(
        HostCopy copy,
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
            copy.Folder,
            _engine,
            copy.Database
        );
        _hosts.Add(host);
        return host;
    }

    /// <summary>Ends a host as a power cut does to what stands on the disk, and leaves its folder.</summary>
    public async Task<HostCopy> TakeAsync(CoreHost host)
    {
        await host.Services.DisposeAsync();
        return HostCopy.Of(host.Folder, host.ConnectionString, _engine);
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
            () => Task.FromResult(host.Get<LedgerNodes>().All.All(node => node.Last is not null && node.Size == size))
        );
        foreach (var witness in all.Witnesses)
        {
            var report = await witness.AuditAsync(all.Four.Origin);
            Assert.Empty(report.Findings);
            Assert.Equal(size, report.Verified);
        }
    }
}
