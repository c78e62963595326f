using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Core.Witnessing;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>
/// A witness finds what was bent in its copy, heals it from the others, and signs nothing while it does not know what it has cosigned
/// (ledger.md, "Witness", "Faults"; security.md L1, F2).
/// </summary>
public sealed class WitnessHealingTests : IAsyncLifetime
{
    private const int Records = 600;
    private static readonly Guid[] People = [new(1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1)];
    private WitnessedHost _all = null!;

    private CoreHost Host => _all.Host;

    private RunningWitness Third => _all.Witnesses[2];

    private string LogFolder => Path.Combine(Third.Folder, "logs", Uri.EscapeDataString(_all.Four.Origin));

    public async ValueTask InitializeAsync()
    {
        _all = await WitnessedHost.StartAsync();
        var policy = Path.Combine(Host.Folder, "policy");
        await File.WriteAllTextAsync(policy, _all.Four.Lines + FourWitnesses.Quorum, Stop);
        await Third.StopAsync();
        Third.Settings.Add($"--Witness:Policy={policy}");
        await Third.StartAsync();
        await Host.RecordAsync(Records, People);
        await Host.PassAsync();
        await _all.AllHaveAsync(Host, Records);
        await Eventually.HoldsAsync(
            new CommittedEvents(),
            "its files are written",
            () => Task.FromResult(Existing("tile/0/001") && Existing("checkpoint"))
        );
    }

    private bool Existing(string file) => File.Exists(Path.Combine(LogFolder, file));

    public ValueTask DisposeAsync() => _all.DisposeAsync();

    [Theory]
    [InlineData("tile/0/000", 3200, 100)]
    [InlineData("tile/0/001", 0, 256)]
    [InlineData("tile/entries/000", 1, 0)]
    [InlineData("tile/entries/001", -1, 511)]
    [InlineData("checkpoint", 30, null)]
    [InlineData("journal", 60, null)]
    public async Task File_WithABitFlipped_IsNamedHealedAndKept(string file, int at, int? index)
    {
        // Meanwhile no newer checkpoint takes the place of the one that is bent.
        await Host.Get<WitnessRounds>().StopAsync(Stop);
        var (right, wrong) = await FlipAsync(file, at);
        await ScrubAsync();
        var one = Assert.Single(Third.Witness.Status().Incidents);
        Assert.Equal((WitnessIncidents.Healed, file, (long?)index), (one.Code, one.Place, one.Index));
        Assert.Contains(
            Directory.GetFiles(Path.Combine(LogFolder, "evidence")),
            kept => File.ReadAllBytes(kept).AsSpan().SequenceEqual(wrong)
        );
        if (index is not null)
            Assert.Equal(right, await File.ReadAllBytesAsync(Path.Combine(LogFolder, file), Stop));
        await Host.WitnessAsync();
        await GoodAsync();
    }

    [Theory]
    [InlineData("tile/0/000", 40)]
    [InlineData("tile/0/001", 40)]
    [InlineData("tile/entries/001", 40)]
    [InlineData("journal", 60)]
    [InlineData("journal", -1)]
    public async Task File_WithABitFlipped_WhileItWasDown_IsHealedBeforeItSigns(string file, int at)
    {
        await Third.StopAsync();
        await FlipAsync(file, at);
        await Third.StartAsync();
        await SureAsync();
        await ScrubAsync();
        await GoodAsync();
        Assert.NotEmpty(Third.Witness.Status().Incidents);
    }

    [Fact]
    public async Task Folder_Emptied_IsFetchedFromTheOthersAndServedWithoutTheLog()
    {
        await Host.Services.DisposeAsync();
        await Third.StopAsync();
        Directory.Delete(Path.Combine(Third.Folder, "logs"), recursive: true);
        await Third.StartAsync();
        await SureAsync();
        var report = await Third.AuditAsync(_all.Four.Origin);
        Assert.Empty(report.Findings);
        Assert.Equal(Records, report.Verified);
    }

    [Fact]
    public async Task Folder_Emptied_WhileTheOthersAreSilent_SignsNothing()
    {
        foreach (var other in _all.Witnesses.Where(other => other != Third))
            await other.StopAsync();
        await Third.StopAsync();
        Directory.Delete(Path.Combine(Third.Folder, "logs"), recursive: true);
        await Third.StartAsync();
        var empty = new Checkpoint(_all.Four.Origin, 0, Merkle.EmptyRoot).Sign(Host.Log().Signer);
        var (status, _, body) = await Third.AddAsync(new AddCheckpoint(0, [], empty), []);
        Assert.Equal((503, "witness.unheard\n"), (status, LogHouse.Text(body)));
        foreach (var other in _all.Witnesses.Where(other => other != Third))
            await other.StartAsync();
        await SureAsync();
        await GoodAsync();
    }

    [Fact]
    public async Task Portal_ShowsWhatAWitnessSaysOfItself()
    {
        await FlipAsync("tile/0/000", 3200);
        await ScrubAsync();
        for (var n = 0; n < 2; n++)
            await Host.Get<NodeReports>().AskAsync(Stop);
        var one = Assert.Single(await Host.IncidentsAsync());
        Assert.Equal(
            (LedgerIncidents.WitnessHealed, "w3", "tile/0/000", (long?)100),
            (one.Code, one.Witness, one.Place, one.Index)
        );
        Assert.Equal(Tile.FullBytes, one.Ours!.Length);
        var report = Host.Get<NodeReports>().Find("w3")!;
        Assert.True(report is { DiskTotal: > 0, FsyncP99: >= 0, ScrubbedAt: not null, State: null });
        Assert.Equal(report.Version, Host.Get<NodeReports>().Own().Version);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task ScrubAsync() => Third.Witness.ScrubAsync(Third.Http, TimeSpan.Zero, Stop);

    private Task SureAsync() =>
        Eventually.HoldsAsync(
            new CommittedEvents(),
            "it is sure again",
            () => Task.FromResult(Third.Witness.Status().Logs is [{ State: null, Size: >= Records }])
        );

    private async Task GoodAsync()
    {
        await Host.RecordAsync(3, People);
        await Host.PassAsync();
        await _all.AllHaveAsync(Host, Records + 3);
        await Host.CheckAsync();
        Assert.Empty(await IncidentsOfPortalAsync());
    }

    // What a witness heals is no matter of the portal's own rows.
    private async Task<IReadOnlyList<Incident>> IncidentsOfPortalAsync() =>
        [.. (await Host.IncidentsAsync()).Where(one => one.Witness is null)];

    private async Task<(byte[] Right, byte[] Wrong)> FlipAsync(string file, int at)
    {
        var path = Path.Combine(LogFolder, file);
        var right = await File.ReadAllBytesAsync(path, Stop);
        var wrong = right.ToArray();
        wrong[at < 0 ? wrong.Length + at : at] ^= 1;
        // In place: the witness has the journal open, and goes on writing to the same file.
        using (var handle = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            handle.Write(wrong);
        return (right, wrong);
    }
}
