using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>
/// Any row and any file of the portal's log, bent while it runs, is named to the record within one round, put right, and the wrong bytes
/// are kept (ledger.md, "Faults"; security.md L1, R23).
/// </summary>
public sealed class ScrubTests : IAsyncLifetime
{
    private const int Records = 600;
    private static readonly Guid[] People =
    [
        new(1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1),
        new(2, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1),
    ];
    private WitnessedHost _all = null!;

    private CoreHost Host => _all.Host;

    public async ValueTask InitializeAsync()
    {
        _all = await WitnessedHost.StartAsync();
        await Host.RecordAsync(Records - 30, People);
        await Host.RecordAsync(30, People);
        await Host.PassAsync();
        await _all.AllHaveAsync(Host, Records);
        await Host.Get<TileKeeper>().StoreAsync(Stop);
        // Nothing of it is in memory any more.
        await Host.RestartAsync();
        await Host.WitnessAsync();
        await Host.PassAsync();
    }

    public ValueTask DisposeAsync() => _all.DisposeAsync();

    [Fact]
    public async Task Round_OverAWholeLog_FindsNothing()
    {
        var report = await RoundAsync();
        Assert.Empty(report.Found);
        Assert.Equal((Records, Records, 5), (report.Records, report.Tags, report.Files));
        Assert.Empty(await Host.IncidentsAsync());
    }

    [Theory]
    [InlineData(0, "self")]
    [InlineData(255, "self")]
    [InlineData(300, "self")]
    [InlineData(570, "w1")]
    [InlineData(599, "w1")]
    public async Task EntryRow_WithABitFlipped_IsNamedAndPutRight(int index, string from)
    {
        Bend(
            $"UPDATE ledger_entries SET Bytes = CAST(replace(Bytes, 'platform', 'platforn') AS BLOB) WHERE Idx = {index}; "
                + $"UPDATE ledger_entries SET Bytes = CAST(replace(Bytes, 'mydata', 'mydatb') AS BLOB) WHERE Idx = {index}"
        );
        var one = Assert.Single((await RoundAsync()).Found);
        Assert.Equal(
            (LedgerIncidents.Healed, "ledger_entries", (long?)index, from),
            (one.Code, one.Place, one.Index, one.From)
        );
        var kept = Assert.Single(await Host.IncidentsAsync());
        Assert.Contains("mydatb", LogHouse.Text(kept.Ours!), StringComparison.Ordinal);
        Assert.DoesNotContain("mydatb", LogHouse.Text(kept.Theirs!), StringComparison.Ordinal);
        await GoodAsync();
    }

    [Theory]
    [InlineData("DELETE FROM ledger_entries WHERE Idx = 17", "ledger_entries", 17)]
    [InlineData(
        "UPDATE ledger_entries SET Id = 'FFFFFFFF-0000-7000-8000-000000000000' WHERE Idx = 5",
        "ledger_entries",
        5
    )]
    [InlineData(
        "UPDATE ledger_tags SET Entry = (SELECT Id FROM ledger_entries WHERE Idx = 9) WHERE Entry = (SELECT Id FROM ledger_entries WHERE Idx = 8)",
        "ledger_tags",
        8
    )]
    [InlineData(
        "DELETE FROM ledger_tags WHERE Entry = (SELECT Id FROM ledger_entries WHERE Idx = 8)",
        "ledger_tags",
        8
    )]
    [InlineData("UPDATE ledger_checkpoints SET Root = x'00' WHERE Size = 570", "ledger_checkpoints", 569)]
    [InlineData("UPDATE ledger_checkpoints SET Root = x'00' WHERE Size = 600", "ledger_checkpoints", 599)]
    [InlineData("UPDATE ledger_checkpoints SET Note = x'00' WHERE Size = 600", "ledger_checkpoints", 599)]
    [InlineData("DELETE FROM ledger_checkpoints WHERE Size = 600", "ledger_checkpoints", 599)]
    public async Task Row_ThatIsBent_IsNamedAndPutRight(string sql, string table, int index)
    {
        Bend(sql);
        var one = Assert.Single((await RoundAsync()).Found);
        Assert.Equal((LedgerIncidents.Healed, table, (long?)index), (one.Code, one.Place, one.Index));
        Assert.Single(await Host.IncidentsAsync());
        await GoodAsync();
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(3, 300)]
    [InlineData(3, 599)]
    public async Task EntryRows_ThatChangedPlaces_ChangeBackWithTheirEvents(int first, int second)
    {
        var before = (await Host.AllAsync<LedgerEntryRow>()).ToDictionary(e => e.Id, e => (e.Index, e.EventId));
        Bend(
            $"UPDATE ledger_entries SET Idx = 90000 WHERE Idx = {first}; UPDATE ledger_entries SET Idx = {first} WHERE Idx = {second}; "
                + $"UPDATE ledger_entries SET Idx = {second} WHERE Idx = 90000"
        );
        Assert.NotEmpty((await RoundAsync()).Found);
        Assert.Equal(
            before,
            (await Host.AllAsync<LedgerEntryRow>()).ToDictionary(e => e.Id, e => (e.Index, e.EventId))
        );
        await GoodAsync();
    }

    [Theory]
    [InlineData(
        "INSERT INTO ledger_tags (Tag, Entry) VALUES (x'00112233445566778899aabbccddeeff', 'FFFFFFFF-0000-7000-8000-000000000000')"
    )]
    [InlineData(
        "INSERT INTO ledger_tags (Tag, Entry) SELECT x'00112233445566778899aabbccddeeff', Id FROM ledger_entries WHERE Idx = 3"
    )]
    [InlineData("UPDATE ledger_logs SET Key = 'x'")]
    [InlineData("UPDATE ledger_logs SET Origin = 'x'")]
    [InlineData("DELETE FROM ledger_logs")]
    public async Task Row_ThatBelongsToNoRecord_IsPutRight(string sql)
    {
        Bend(sql);
        var one = Assert.Single((await RoundAsync()).Found);
        Assert.Equal((LedgerIncidents.Healed, null), (one.Code, one.Index));
        await GoodAsync();
    }

    [Theory]
    [InlineData("tile/0/000", 0)]
    [InlineData("tile/0/001", 256)]
    public async Task Tile_WithAnyByteFlipped_IsNamedAndMadeAnew(string file, int first)
    {
        for (var at = 0; at < Tile.FullBytes; at += 1000)
        {
            var (right, wrong) = await FlipAsync(file, at);
            var one = Assert.Single((await RoundAsync()).Found);
            Assert.Equal((file, (long?)(first + at / 32)), (one.Place, one.Index));
            Assert.Equal(wrong, one.Ours);
            await MadeAnewAsync(file, right, wrong);
        }
        await GoodAsync();
    }

    [Theory]
    [InlineData("tile/entries/000", 0, 0)]
    [InlineData("tile/entries/000", 1, 0)]
    [InlineData("tile/entries/000", 2, 0)]
    [InlineData("tile/entries/001", -1, 511)]
    public async Task Bundle_WithABitFlipped_IsNamedAndMadeAnew(string file, int at, int index)
    {
        var (right, wrong) = await FlipAsync(file, at);
        var one = Assert.Single((await RoundAsync()).Found);
        Assert.Equal((file, (long?)index), (one.Place, one.Index));
        Assert.NotEmpty(one.Ours!);
        await MadeAnewAsync(file, right, wrong);
        await GoodAsync();
    }

    [Theory]
    [InlineData("tile/0/001")]
    [InlineData("tile/entries/001")]
    public async Task File_ThatIsGoneOrShort_IsMadeAnew(string file)
    {
        var path = Path.Combine(LogFolder, file);
        var right = await File.ReadAllBytesAsync(path, Stop);
        File.Delete(path);
        Assert.Equal(file, Assert.Single((await RoundAsync()).Found).Place);
        Assert.Equal(right, await File.ReadAllBytesAsync(path, Stop));
        await File.WriteAllBytesAsync(path, right[..100], Stop);
        Assert.Equal(file, Assert.Single((await RoundAsync()).Found).Place);
        Assert.Equal(right, await File.ReadAllBytesAsync(path, Stop));
        await GoodAsync();
    }

    [Fact]
    public async Task CheckpointFile_WithABitFlipped_IsPublishedAnew()
    {
        var (_, wrong) = await FlipAsync("checkpoint", 40);
        Assert.Equal("checkpoint", Assert.Single((await RoundAsync()).Found).Place);
        Assert.Equal(wrong, await File.ReadAllBytesAsync(Assert.Single(Evidence), Stop));
        Host.Log()
            .Policy.Require(
                SignedNote.Parse(await File.ReadAllBytesAsync(Path.Combine(LogFolder, "checkpoint"), Stop))
            );
        await GoodAsync();
    }

    [Fact]
    public async Task CheckpointFile_OfALogThatWasOpenedAfreshDuringTheRound_IsNoFault()
    {
        var began = Host.Log();
        // As after a commit that nobody confirmed: another node takes the writes, and the log is opened from its rows.
        Host.Get<ICommitLog>().Failed();
        await Host.RecordAsync(3, People);
        await Host.PassAsync();
        await Host.Get<TileKeeper>().StoreAsync(Stop);
        var file = Path.Combine(LogFolder, "checkpoint");
        var shown = await File.ReadAllBytesAsync(file, Stop);
        Assert.NotSame(began, Host.Log());
        Assert.True(Checkpoint.Parse(SignedNote.Parse(shown).Text.Span).Size > began.Tree.Edge.Size);

        var found = new Found();
        await new FileMending(
            Host.Get<OpenLogs>(),
            Host.Get<LedgerIncidents>(),
            TimeProvider.System
        ).MendCheckpointAsync(began, found, Stop);
        Assert.Empty(found.All);
        Assert.Equal(1, found.Files);
        Assert.Empty(await Host.IncidentsAsync());
        Assert.Equal(shown, await File.ReadAllBytesAsync(file, Stop));
    }

    [Fact]
    public async Task RowAndFile_BothWrong_ComeFromAWitness()
    {
        Bend("UPDATE ledger_entries SET Bytes = CAST(replace(Bytes, 'mydata', 'mydatb') AS BLOB) WHERE Idx = 7");
        await FlipAsync("tile/entries/000", 30);
        await FlipAsync("tile/0/000", 7 * 32);
        var found = (await RoundAsync()).Found;
        Assert.Equal(
            ["ledger_entries", "tile/0/000", "tile/entries/000"],
            found.Select(one => one.Place).Order(StringComparer.Ordinal)
        );
        Assert.StartsWith("w", found.Single(one => one.Place == "ledger_entries").From, StringComparison.Ordinal);
        await GoodAsync();
    }

    [Fact]
    public async Task Row_ThatNobodyHas_IsSaidOnceADay()
    {
        foreach (var witness in _all.Witnesses)
            await witness.StopAsync();
        Bend("UPDATE ledger_entries SET Bytes = CAST(replace(Bytes, 'mydata', 'mydatb') AS BLOB) WHERE Idx = 7");
        await FlipAsync("tile/entries/000", 30);
        for (var n = 0; n < 2; n++)
            Assert.Equal(LedgerIncidents.Damaged, Assert.Single((await RoundAsync()).Found).Code);
        Assert.Single(await Host.IncidentsAsync());
        foreach (var witness in _all.Witnesses)
            await witness.StartAsync();
        await Eventually.HoldsAsync(
            Host.Get<CommittedEvents>(),
            "the quorum is back",
            () => Task.FromResult(Host.Get<LedgerNodes>().HasQuorum)
        );
        Assert.All((await RoundAsync()).Found, one => Assert.Equal(LedgerIncidents.Healed, one.Code));
        await GoodAsync();
    }

    [Fact]
    public async Task WrongRow_OnItsWayToAWitness_IsPutRightFirst()
    {
        await Host.RestartAsync();
        Bend("UPDATE ledger_entries SET Bytes = CAST(replace(Bytes, 'mydata', 'mydatb') AS BLOB) WHERE Idx = 90");
        await _all.Witnesses[2].StopAsync();
        Directory.Delete(Path.Combine(_all.Witnesses[2].Folder, "logs"), recursive: true);
        await _all.Witnesses[2].StartAsync();
        await Host.WitnessAsync();
        await _all.AllHaveAsync(Host, Records);
        var one = Assert.Single(await Host.IncidentsAsync());
        Assert.Equal((LedgerIncidents.Healed, (long?)90), (one.Code, one.Index));
    }

    [Theory]
    [InlineData(
        "INSERT INTO ledger_entries (Id, Log, Idx, Bytes) VALUES ('FFFFFFFF-0000-7000-8000-000000000000', 1, 600, x'00')"
    )]
    [InlineData("DELETE FROM ledger_entries WHERE Idx = 599")]
    [InlineData("DELETE FROM ledger_entries WHERE Idx >= 580")]
    [InlineData("DELETE FROM ledger_checkpoints WHERE Size = 600")]
    [InlineData("UPDATE ledger_checkpoints SET Root = x'00' WHERE Size = 600")]
    [InlineData("UPDATE ledger_entries SET Bytes = CAST(replace(Bytes, 'mydata', 'mydatb') AS BLOB) WHERE Idx = 590")]
    public async Task Start_OnBentRows_PutsThemRightAndGoesOn(string sql)
    {
        Bend(sql);
        await Host.RestartAsync();
        Assert.NotEmpty(await Host.IncidentsAsync());
        await Host.WitnessAsync();
        await GoodAsync();
    }

    [Fact]
    public async Task RowInTheNextPlace_WhileItRuns_IsTakenAwayAndTheLogOpensByItself()
    {
        Bend(
            "INSERT INTO ledger_entries (Id, Log, Idx, Bytes) VALUES ('FFFFFFFF-0000-7000-8000-000000000000', 1, 600, x'00')"
        );
        Assert.NotNull(await Refusal.OfAsync(() => Host.RecordAsync(1, People)));
        await Host.Get<LogRecovery>().StartAsync(Stop);
        await Eventually.HoldsAsync(
            Host.Get<CommittedEvents>(),
            "it opens by itself",
            async () => (await Host.IncidentsAsync()).Count > 0 && Host.Get<OpenLogs>().Current is not null
        );
        await GoodAsync();
    }

    [Fact]
    public async Task Repair_CutAtEveryMoment_IsDoneOrNotAndThenDone()
    {
        Bend("UPDATE ledger_entries SET Bytes = CAST(replace(Bytes, 'mydata', 'mydatb') AS BLOB) WHERE Idx IN (7, 8)");
        var folder = (await _all.TakeAsync(Host)).Folder;
        var cuts = new List<string>();
        var host = _all.Open(folder, services: services => Camera.Put(services, () => cuts.Add(PowerCut.Copy(folder))));
        cuts.ForEach(cut => Directory.Delete(cut, recursive: true));
        cuts.Clear();
        Assert.Equal(2, (await host.Get<LedgerScrub>().RoundAsync(Stop)).Found.Count);
        Assert.True(cuts.Count >= 6, $"{cuts.Count} moments.");
        foreach (var cut in cuts)
        {
            var after = _all.Open(cut);
            await after.Get<LedgerScrub>().RoundAsync(Stop);
            Assert.Equal(2, (await after.IncidentsAsync()).Count(one => one.Code == LedgerIncidents.Healed));
            await after.CheckAsync();
            Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => Guarded(cut));
        }
        await Host.RestartAsync();
        await RoundAsync();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string LogFolder => Path.Combine(Host.Folder, "ledger", $"{Host.Log().Year}");

    private IReadOnlyList<string> Evidence => Directory.GetFiles(Path.Combine(LogFolder, "evidence"));

    private Task<ScrubReport> RoundAsync() => Host.Get<LedgerScrub>().RoundAsync(Stop);

    private void Bend(string sql) => Bent.Run(Host.Folder, sql);

    private static void Guarded(string folder)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(folder, "mydata.db")};Pooling=False"
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM ledger_entries";
        command.ExecuteNonQuery();
    }

    private async Task<(byte[] Right, byte[] Wrong)> FlipAsync(string file, int at)
    {
        var path = Path.Combine(LogFolder, file);
        var right = await File.ReadAllBytesAsync(path, Stop);
        var wrong = right.ToArray();
        wrong[at < 0 ? wrong.Length + at : at] ^= 1;
        await File.WriteAllBytesAsync(path, wrong, Stop);
        return (right, wrong);
    }

    private async Task MadeAnewAsync(string file, byte[] right, byte[] wrong)
    {
        Assert.Equal(right, await File.ReadAllBytesAsync(Path.Combine(LogFolder, file), Stop));
        Assert.Contains(Evidence, kept => File.ReadAllBytes(kept).AsSpan().SequenceEqual(wrong));
    }

    /// <summary>A second round finds nothing, the log goes on, and the whole of it is right.</summary>
    private async Task GoodAsync()
    {
        Assert.Empty((await RoundAsync()).Found);
        await Host.RecordAsync(3, People);
        await Host.PassAsync();
        await Host.CheckAsync();
        await _all.AllHaveAsync(Host, Records + 3);
    }
}
