using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>The platform's log before its witnesses, policy 3 of 4, over real sockets (ledger.md, "Witness", "Faults"; security.md F14).</summary>
public abstract class WitnessedTests(Engine engine) : IAsyncLifetime
{
    private protected FourWitnesses _four = null!;
    private protected CoreHost _host = null!;
    private string _lines = "";
    private TimeSpan _silent = TimeSpan.FromMinutes(15);

    private protected IReadOnlyList<RunningWitness> Witnesses => _four.All;

    public async ValueTask InitializeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mydata-core-").FullName;
        _four = await FourWitnesses.StartAsync(Path.Combine(folder, "keys"));
        _lines = _four.Lines;
        _host = Host(folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _four.DisposeAsync();
    }

    [Fact]
    public async Task Records_AreCosignedBeforeAnythingLeaves()
    {
        await StartAsync(_host);
        for (var n = 1; n <= 5; n++)
        {
            await WriteAsync(_host, n);
            await PassAsync(_host);
            var proven = _host.Log().Proven!;
            Assert.Equal(_host.Log().Tree.Edge.Size, proven.Checkpoint.Size);
            Assert.InRange(_host.Log().Policy.Cosigners(proven.Note).Count, 3, 4);
        }
        await AllHaveAsync(15);
        await _host.CheckAsync();
        var receipt = await _host.Get<LedgerReceipts>().ForIndexAsync(_host.Log(), 14, Stop);
        LogProof.Parse(receipt!.Proof.ToBytes()).Verify(_host.Log().Policy, receipt.Entry);
        Assert.All(
            _host.Get<LedgerNodes>().All,
            node => Assert.Equal((15L, 0L, null), (node.Size, node.Lag, node.Error))
        );
        Assert.Equal(15, _host.Get<LedgerNodes>().Recent[^1].Checkpoint.Size);
        Assert.Contains("quorum enough", _host.Get<LedgerFiles>().Policy(_host.Log().Year), StringComparison.Ordinal);

        // What was accepted is kept over a restart, without asking anybody.
        await _host.Get<TileKeeper>().StoreAsync(Stop);
        await _host.RestartAsync();
        Assert.Equal(15, _host.Log().Proven!.Checkpoint.Size);
        await StartAsync(_host);
        await WriteAsync(_host, 1);
        await PassAsync(_host);
        await AllHaveAsync(16);
    }

    [Fact]
    public async Task OneWitness_Dead_IsNotMissedAndCatchesUp()
    {
        await StartAsync(_host);
        await WriteAsync(_host, 1);
        await PassAsync(_host);
        await Witnesses[1].StopAsync();
        for (var n = 0; n < 5; n++)
        {
            await WriteAsync(_host, 1000);
            await PassAsync(_host);
        }
        await EventuallyAsync("w2 fails", () => Node("w2").Error == "witness.unreachable");
        Assert.True(Node("w2").FailingSince is not null && Node("w2").Lag > 0);
        Assert.True(_host.Get<LedgerNodes>().HasQuorum);
        await Witnesses[1].StartAsync();
        await AllHaveAsync(5001);
        Assert.Empty(await _host.Get<LedgerIncidents>().ListAsync(9, Stop));
    }

    [Fact]
    public async Task Quorum_Lost_StopsReleasesAtOnceAndGoesOnByItself()
    {
        await StartAsync(_host);
        await WriteAsync(_host, 1);
        await PassAsync(_host);
        await Witnesses[0].StopAsync();
        await Witnesses[3].StopAsync();
        await WriteAsync(_host, 1);
        Assert.Equal(Writing.Unavailable, await Refusal.OfAsync(() => PassAsync(_host)));
        Assert.Null(await _host.Get<LedgerReceipts>().ForIndexAsync(_host.Log(), 1, Stop));
        await EventuallyAsync("the quorum is lost", () => !_host.Get<LedgerNodes>().HasQuorum);
        var start = TimeProvider.System.GetTimestamp();
        Assert.Equal(Writing.Unavailable, await Refusal.OfAsync(() => PassAsync(_host)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 1);

        await Witnesses[3].StartAsync();
        await EventuallyAsync("the quorum is back", () => _host.Get<LedgerNodes>().HasQuorum);
        await PassAsync(_host);
        Assert.NotNull(await _host.Get<LedgerReceipts>().ForIndexAsync(_host.Log(), 1, Stop));
        await Witnesses[0].StartAsync();
        await AllHaveAsync(2);
    }

    [Fact]
    public async Task Witness_Emptied_FetchesEverythingAndServes()
    {
        for (var n = 0; n < 10; n++)
            await WriteAsync(_host, 1000);
        await StartAsync(_host);
        await PassAsync(_host);
        await Witnesses[2].StopAsync();
        Directory.Delete(Path.Combine(Witnesses[2].Folder, "logs"), recursive: true);
        await Witnesses[2].StartAsync();
        await WriteAsync(_host, 1);
        await PassAsync(_host);
        await AllHaveAsync(10_001);
    }

    [Fact]
    public async Task Witness_OfTheStandardOnly_IsAskedTheStandardsWay()
    {
        await using var plain = await PlainWitness.StartAsync();
        await using var host = With($"witness w4 {plain.Signer.Verifier} {plain.Url}\n");
        await StartAsync(host);
        await Witnesses[0].StopAsync();
        for (var n = 1; n <= 3; n++)
        {
            await WriteAsync(host, 2);
            await PassAsync(host);
            Assert.Equal(2 * n, plain.Size);
        }
    }

    [Fact]
    public async Task Witness_ThatClaimsWhatItCannotShow_IsAnIncidentAndStopsNobody()
    {
        await using var liar = await PlainWitness.StartAsync(claims: 1_000_000);
        await using var host = With($"witness w4 {liar.Signer.Verifier} {liar.Url}\n");
        await StartAsync(host);
        await WriteAsync(host, 1);
        await PassAsync(host);
        await EventuallyAsync("it is refused", () => host.Get<LedgerNodes>().All[3].Error == "witness.refused", host);
        await WriteAsync(host, 1);
        await PassAsync(host);
        await EventuallyAsync("it shows one note after the other", () => liar.Shown > 2, host);
        var incident = Assert.Single(await host.Get<LedgerIncidents>().ListAsync(9, Stop));
        Assert.Equal(("witness.refused", "w4"), (incident.Code, incident.Witness));
        Assert.Null(incident.Theirs);
        Assert.Null(host.Get<OpenLogs>().Stopped);
    }

    [Fact]
    public async Task Witness_SilentForLong_IsAnIncidentOnce()
    {
        _silent = TimeSpan.FromSeconds(1);
        await Witnesses[0].StopAsync();
        await _host.RestartAsync();
        await StartAsync(_host);
        await PassAsync(_host);
        await Eventually.HoldsAsync(
            _host.Get<CommittedEvents>(),
            "it is said",
            async () => (await _host.Get<LedgerIncidents>().ListAsync(9, Stop)).Count > 0
        );
        await EventuallyAsync("it fails", () => Node("w1").Error is not null);
        var incident = Assert.Single(await _host.Get<LedgerIncidents>().ListAsync(9, Stop));
        Assert.Equal(("witness.silent", "w1"), (incident.Code, incident.Witness));
    }

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private CoreHost With(string fourth)
    {
        var lines = _lines.Split('\n');
        _lines = $"{lines[0]}\n{lines[1]}\n{lines[2]}\n{fourth}";
        var folder = Directory.CreateTempSubdirectory("mydata-core-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        File.Copy(
            Path.Combine(_host.Folder, "keys", PlatformKeys.LedgerKeyName),
            Path.Combine(folder, "keys", PlatformKeys.LedgerKeyName)
        );
        return Host(folder);
    }

    private protected CoreHost Host(string folder) =>
        new(
            services =>
            {
                services.Replace(ServiceDescriptor.Singleton(TimeProvider.System));
                services.Replace(
                    ServiceDescriptor.Singleton(
                        new LedgerSettings
                        {
                            Policy = _lines + FourWitnesses.Quorum,
                            WitnessRetry = TimeSpan.FromMilliseconds(100),
                            WitnessSilent = _silent,
                        }
                    )
                );
            },
            folder,
            engine
        );

    private protected static Task StartAsync(CoreHost host) => host.Get<WitnessRounds>().StartAsync(Stop);

    private protected static Task PassAsync(CoreHost host) => host.Get<IReleaseGate>().PassAsync(Stop);

    private protected static Task WriteAsync(CoreHost host, int records) =>
        host.WriteAsync(scope =>
        {
            for (var n = 0; n < records; n++)
                scope.Raise(
                    new Event
                    {
                        Kind = "happened",
                        Actor = "citizen",
                        CitizenId = Ids.New(),
                    }
                );
        });

    private LedgerNode Node(string name) => _host.Get<LedgerNodes>().All.Single(node => node.Name == name);

    private protected Task EventuallyAsync(string what, Func<bool> look, CoreHost? host = null) =>
        Eventually.HoldsAsync((host ?? _host).Get<CommittedEvents>(), what, () => Task.FromResult(look()));

    private protected async Task AllHaveAsync(long size)
    {
        await EventuallyAsync("all have it", () => _host.Get<LedgerNodes>().All.All(node => node.Size == size));
        foreach (var witness in Witnesses)
        {
            var report = await witness.AuditAsync(_four.Origin);
            Assert.Empty(report.Findings);
            Assert.Equal(size, report.Verified);
        }
    }
}

public sealed class SqliteWitnessedTests() : WitnessedTests(Engine.Sqlite)
{
    [Fact]
    public async Task OlderCopy_OfThePrimary_ThatWroteOnAlone_IsNotCosignedAndStops()
    {
        await StartAsync(_host);
        await WriteAsync(_host, 3);
        await PassAsync(_host);
        var older = PowerCut.Copy(_host.Folder);
        await WriteAsync(_host, 3);
        await PassAsync(_host);
        await AllHaveAsync(6);
        await _host.Services.DisposeAsync();

        // Where no policy names them, no witness is asked whether this is the newest.
        await using (var alone = new CoreHost(folder: PowerCut.Copy(older)))
        {
            await WriteAsync(alone, 9);
            Directory.Delete(older, recursive: true);
            older = PowerCut.Copy(alone.Folder);
        }
        await using var copy = Host(older);
        await StartAsync(copy);
        await EventuallyAsync("it stops", () => copy.Get<OpenLogs>().Stopped is not null, copy);
        Assert.Equal(Writing.Unavailable, await Refusal.OfAsync(() => PassAsync(copy)));
        Assert.Equal(Writing.Unavailable, await Refusal.OfAsync(() => WriteAsync(copy, 1)));
        var incident = (await copy.Get<LedgerIncidents>().ListAsync(9, Stop))[^1];
        Assert.Equal("ledger.fork", incident.Code);
        var (ours, theirs) = (SignedNote.Parse(incident.Ours), SignedNote.Parse(incident.Theirs));
        var key = copy.Get<OpenLogs>().All.First().Signer.Verifier;
        Assert.All([ours, theirs], note => Assert.Single(note.SignedBy(key)));
        Assert.Equal((12L, 6L), (Checkpoint.Parse(ours.Text.Span).Size, Checkpoint.Parse(theirs.Text.Span).Size));
        foreach (var witness in Witnesses)
            Assert.Equal(6, (await witness.AuditAsync(_four.Origin, Checkpoint.Parse(theirs.Text.Span))).Verified);
    }
}

public sealed class PostgresWitnessedTests() : WitnessedTests(Engine.Postgres);
