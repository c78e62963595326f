using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>Two witnesses to whom one log shows two pasts find it by themselves, within five seconds (ledger.md, "Nodes").</summary>
public sealed class WitnessCompareTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private FourWitnesses _four = null!;
    private CoreHost _host = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private RunningWitness First => _four.All[0];

    private RunningWitness Second => _four.All[1];

    private NoteSigner Log => _host.Log().Signer;

    public async ValueTask InitializeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mydata-core-").FullName;
        _four = await FourWitnesses.StartAsync(Path.Combine(folder, "keys"));
        var policy = _four.Lines + FourWitnesses.Quorum;
        _host = new CoreHost(
            services =>
            {
                services.Replace(ServiceDescriptor.Singleton(TimeProvider.System));
                services.Replace(ServiceDescriptor.Singleton(new LedgerSettings { Policy = policy }));
            },
            folder
        );
        await _host.WriteAsync(scope => scope.Raise(new Event { Kind = EventKinds.KeyRolled, Actor = "platform" }));
        await File.WriteAllTextAsync(Path.Combine(folder, "policy"), policy, Stop);
        // The last two stay away: whoever is silent holds nobody up.
        foreach (var witness in _four.All)
            await witness.StopAsync();
        foreach (var witness in (RunningWitness[])[First, Second])
        {
            witness.Settings.Add($"--Witness:Policy={Path.Combine(folder, "policy")}");
            await witness.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _four.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Fork_BetweenTwoWitnesses_IsSeenByThem_AndTakenOverByThePortal()
    {
        var (one, other) = (new GrowingLog(Log), new GrowingLog(Log, to: "nobody"));
        await BringAsync(First, one.Grow(5));
        await BringAsync(Second, other.Grow(7));
        var start = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync("it is seen", () => Task.FromResult(Second.Witness.Status().Incidents.Count > 0));
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, Limit);
        var seen = Assert.Single(Second.Witness.Status().Incidents);
        Assert.Equal(("witness.forked", _four.Origin, 5L, "w1"), (seen.Code, seen.Log, seen.Index, seen.From));
        var (theirs, own) = (SignedNote.Parse(seen.Wrong), SignedNote.Parse(seen.Own));
        Assert.All([theirs, own], note => Assert.Single(note.SignedBy(Log.Verifier)));
        Assert.Single(theirs.SignedBy(First.Key));
        Same(await one.AtAsync(5), theirs);
        Same(await other.AtAsync(7), own);
        var kept = Directory.GetFiles(Second.Folder, "held", SearchOption.AllDirectories);
        Assert.Equal(own.ToBytes(), await File.ReadAllBytesAsync(Assert.Single(kept), Stop));

        // Once, however often they compare; and the other one says so when its copy is the longer one.
        await BringAsync(First, one.Grow(5), from: 5);
        await Eventually.HoldsAsync("both say so", () => Task.FromResult(First.Witness.Status().Incidents.Count > 0));
        await Second.Witness.CompareAsync(Second.Http, Stop);
        Assert.Single(Second.Witness.Status().Incidents);

        await _host.Get<NodeReports>().AskAsync(Stop);
        var told = await _host.IncidentsAsync();
        Assert.Equal(["w1", "w2"], told.Select(incident => incident.Witness).Order());
        Assert.All(told, incident => Assert.Equal("ledger.fork", incident.Code));
        var bySecond = told.Single(incident => incident.Witness == "w2");
        Assert.Equal(seen.Own, bySecond.Ours);
        Assert.Equal(seen.Wrong, bySecond.Theirs);
    }

    [Fact]
    public async Task Copies_OfOneLog_OfWhateverSizes_AreNoIncident()
    {
        var log = new GrowingLog(Log);
        await BringAsync(First, log.Grow(300));
        await BringAsync(Second, log);
        await BringAsync(Second, log.Grow(41), from: 300);
        foreach (var witness in (RunningWitness[])[First, Second])
        {
            await witness.Witness.CompareAsync(witness.Http, Stop);
            Assert.Empty(witness.Witness.Status().Incidents);
        }
    }

    /// <summary>Any stranger's signature makes other bytes of one fork; and who says much else may have seen a fork too.</summary>
    [Fact]
    public async Task Fork_ToldInManyBytesAmongManyReports_HasItsOwnShare_AndFillsNothing()
    {
        var ours = _host.Log().Published!.Note.ToBytes();
        var now = TimeProvider.System.GetUtcNow();
        object Report(int at, string code, byte[]? theirs) =>
            new
            {
                code,
                place = "checkpoint",
                at = now.AddSeconds(-at),
                index = (long)at,
                from = "w2",
                wrong = theirs,
                own = theirs is null ? null : ours,
            };
        var healed = Enumerable.Range(0, 60).Select(at => Report(at, LedgerIncidents.WitnessHealed, [1]));
        var forks = Enumerable
            .Range(0, 9)
            .Select(at => Report(at, LedgerIncidents.WitnessForked, Forged(Log, beside: $"stranger{at}.example")));
        // Fifty of the one kind are a day's share; the next answer has the other.
        foreach (var reports in (IEnumerable<object>[])[healed, healed.Reverse(), forks, forks.Reverse()])
            await TellAsync(reports);
        var told = await _host.IncidentsAsync();
        Assert.All(told, incident => Assert.Equal("w1", incident.Witness));
        Assert.Equal(50, told.Count(incident => incident.Code == LedgerIncidents.WitnessHealed));
        Assert.Equal(5, told.Count(incident => incident.Code == ShownFork.Code));
        Assert.Equal(55, told.Count);
    }

    /// <summary>The first witness is asked, and answers this.</summary>
    private async Task TellAsync(IEnumerable<object> incidents)
    {
        await First.StopAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(First.Url.GetLeftPart(UriPartial.Authority));
        await using var liar = builder.Build();
        var status = new
        {
            version = "1",
            diskFree = 1,
            diskTotal = 2,
            fsyncP50 = 1.0,
            fsyncP99 = 2.0,
            logs = new[] { new { scrubbedAt = (string?)null, state = (string?)null } },
            incidents,
        };
        liar.MapGet("/status.json", () => Results.Json(status));
        await liar.StartAsync(Stop);
        await _host.Get<NodeReports>().AskAsync(Stop);
        await liar.StopAsync(Stop);
    }

    /// <summary>What a witness makes up is no fork of ours.</summary>
    [Fact]
    public async Task Notes_ThatShowNothing_AreNotTakenOver()
    {
        var ours = _host.Log().Published!.Note.ToBytes();
        var stranger = Stranger(Log.Verifier.Name);
        foreach (
            var (own, theirs) in new[] { (ours, ours), (Forged(stranger), ours), (ours, Forged(stranger)), ([], ours) }
        )
            Assert.Null(await JudgeAsync(own, theirs));
        Assert.Equal("ledger.fork", (await JudgeAsync(ours, Forged(Log)))!.Code);
    }

    /// <summary>Then an honest log that a witness holds is larger than ours.</summary>
    [Fact]
    public async Task Notes_WhileOurTreeIsBeingBroughtBack_AreNoForkYet()
    {
        var ours = _host.Log().Published!.Note.ToBytes();
        var logs = _host.Get<OpenLogs>();
        logs.Wait(new LedgerException("ledger.recovery", "Not back yet."));
        Assert.Null(await JudgeAsync(ours, Forged(Log)));
        logs.Wait(null);
        Assert.Equal("ledger.fork", (await JudgeAsync(ours, Forged(Log)))!.Code);
    }

    private Task<Incident?> JudgeAsync(byte[] own, byte[] theirs) =>
        ShownFork.JudgeAsync(_host.Get<OpenLogs>(), "w1", "w2", own, theirs, Stop);

    /// <summary>Another tree of one record.</summary>
    private static byte[] Forged(NoteSigner signer, string? beside = null)
    {
        var note = new Checkpoint(signer.Verifier.Name, 1, new byte[Merkle.HashSize]).Sign(signer);
        return (beside is null ? note : note.With([Stranger(beside).Sign(note.Text.Span)])).ToBytes();
    }

    private static NoteSigner Stranger(string name) =>
        new(name, SignatureType.Ed25519, new Ed25519PrivateKey(Ed25519PrivateKey.NewSeed()));

    private static void Same(Checkpoint expected, SignedNote note)
    {
        var shown = Checkpoint.Parse(note.Text.Span);
        Assert.Equal(expected.Size, shown.Size);
        Assert.Equal(expected.Root.ToArray(), shown.Root.ToArray());
    }

    private static async Task BringAsync(RunningWitness witness, GrowingLog log, long from = 0)
    {
        var (status, _, _) = await witness.AddAsync(await log.AddAsync(from, log.Size), log.Bundle(from, log.Size));
        Assert.Equal(200, status);
    }
}
