using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>The whole-log audit (R23): a good log passes, and of a bad one the wrong file and record are named.</summary>
public sealed class AuditTests
{
    private const int Size = 66_321;
    private static readonly Lazy<MemoryLog> Good = new(() => MemoryLog.Published(Size));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(512)]
    public async Task Run_GoodSmallLog_FindsNothing(int size)
    {
        var report = await RunAsync(MemoryLog.Published(size));
        Assert.Empty(report.Findings);
        Assert.Equal(size, report.Verified);
    }

    [Fact]
    public async Task Run_GoodLog_VerifiesEveryRecord()
    {
        var report = await RunAsync(Good.Value);
        Assert.True(report.IsGood);
        Assert.Equal(Size, report.Verified);
        Assert.Equal(3, report.Outcome!.Cosigners.Count);
    }

    [Fact]
    public async Task Run_ReadingAhead_FindsTheSameAndAsksOnce()
    {
        var log = MemoryLog.Published(5_000);
        var report = await LogAudit.RunAsync(new ReadAhead(log, 8), LogHouse.Policy, [], true, null, default);
        Assert.True(report.IsGood);
        Assert.Equal(5_000, report.Verified);
        // Each file, and at the end up to eight of each kind that are not there.
        Assert.InRange(log.Reads, log.Files.Count, log.Files.Count + 16);
        var bent = Bent("tile/entries/017", bytes => bytes[5_000] ^= 4);
        var found = await LogAudit.RunAsync(new ReadAhead(bent, 8), LogHouse.Policy, [], true, null, default);
        Assert.Equal("tile/entries/017", Assert.Single(found.Findings).File);
    }

    [Theory]
    [InlineData("tile/entries/000", 3, 0)]
    [InlineData("tile/entries/017", 5_000, null)]
    [InlineData("tile/entries/258", 40_000, null)]
    [InlineData("tile/entries/259.p/17", 20, null)]
    public async Task Run_OneBitOfAnEntry_NamesTheRecord(string file, int at, int? inBundle)
    {
        var log = Bent(file, bytes => bytes[at] ^= 4);
        var report = await RunAsync(log);
        var finding = Assert.Single(report.Findings);
        Assert.Equal(("audit.entry", file), (finding.Code, finding.File));
        Assert.Equal(Size - 1, report.Verified);
        Assert.True(TilePath.TryParse(file, out var path));
        Assert.InRange(finding.Index!.Value, path.Index * 256, path.Index * 256 + path.Width - 1);
        if (inBundle is { } index)
            Assert.Equal(path.Index * 256 + index, finding.Index);
    }

    [Theory]
    [InlineData("tile/0/000", 0)]
    [InlineData("tile/0/100", 25_600)]
    [InlineData("tile/0/259.p/17", 66_304)]
    [InlineData("tile/1/000", 0)]
    [InlineData("tile/1/001.p/3", 65_536)]
    [InlineData("tile/2/000.p/1", 0)]
    public async Task Run_OneBitOfATile_NamesTheTileAndStillVerifiesEveryRecord(string file, int first)
    {
        var report = await RunAsync(Bent(file, bytes => bytes[9] ^= 1));
        var finding = Assert.Single(report.Findings);
        Assert.Equal(("audit.tile", file, (long?)first), (finding.Code, finding.File, finding.Index));
        Assert.Equal(Size, report.Verified);
    }

    [Theory]
    [InlineData("tile/0/100", "tile.missing")]
    [InlineData("tile/1/000", "tile.missing")]
    [InlineData("tile/2/000.p/1", "tile.missing")]
    [InlineData("tile/entries/100", "bundle.missing")]
    [InlineData("checkpoint", "audit.checkpoint_missing")]
    public async Task Run_MissingFile_IsNamed(string file, string code)
    {
        var log = Bent(file, _ => { });
        log.Files.Remove(file);
        var finding = Assert.Single((await RunAsync(log)).Findings);
        Assert.Equal((code, file), (finding.Code, finding.File));
    }

    [Fact]
    public async Task Run_EntryAndItsTileBothChanged_IsFoundByTheTileAbove()
    {
        var log = Bent("tile/0/007", _ => { });
        Rewrite(log, 7, entries => entries[3] = SampleRecords.Small(999_999).ToBytes());
        var report = await RunAsync(log);
        Assert.Equal(["audit.tile", "audit.unprovable"], report.Findings.Select(finding => finding.Code));
        Assert.All(report.Findings, finding => Assert.Equal("tile/0/007", finding.File));
        Assert.Equal(Size - 256, report.Verified);
    }

    [Theory]
    [InlineData("swap")]
    [InlineData("delete")]
    [InlineData("insert")]
    public async Task Run_EntriesMoved_AreFound(string change)
    {
        var log = Bent("tile/entries/007", _ => { });
        Rewrite(
            log,
            7,
            entries =>
            {
                if (change == "swap")
                    (entries[3], entries[4]) = (entries[4], entries[3]);
                else if (change == "delete")
                    entries.RemoveAt(3);
                else
                    entries.Insert(3, SampleRecords.Small(999_999).ToBytes());
            },
            tile: false
        );
        var finding = (await RunAsync(log)).Findings[0];
        Assert.Equal(("audit.entry", 7 * 256 + 3), (finding.Code, finding.Index));
    }

    [Fact]
    public async Task Run_WholeTreeRewritten_HasNotTheSignedRoot()
    {
        var log = MemoryLog.Published(600, first: 1_000);
        log.Files["checkpoint"] = MemoryLog.Published(600).Files["checkpoint"];
        var report = await RunAsync(log);
        Assert.Equal(["audit.root"], report.Findings.Select(finding => finding.Code));
        Assert.Equal(0, report.Verified);
    }

    [Fact]
    public async Task Run_RewrittenAndSignedAgain_DoesNotExtendAnEarlierCheckpoint()
    {
        var (earlier, forged) = (MemoryLog.Published(500), MemoryLog.Published(600, first: 1_000));
        var before = Checkpoint.Parse(SignedNote.Parse(earlier.Files["checkpoint"]).Text.Span);
        var report = await LogAudit.RunAsync(forged, LogHouse.Policy, [before], true, null, default);
        Assert.Equal(["audit.fork"], report.Findings.Select(finding => finding.Code));
        var extended = await LogAudit.RunAsync(
            MemoryLog.Published(600),
            LogHouse.Policy,
            [before],
            true,
            null,
            default
        );
        Assert.True(extended.IsGood);
        var back = await LogAudit.RunAsync(MemoryLog.Published(400), LogHouse.Policy, [before], true, null, default);
        Assert.Equal(["audit.fork"], back.Findings.Select(finding => finding.Code));
    }

    [Fact]
    public async Task Run_WithoutQuorum_SaysSoAndGoesOn()
    {
        var report = await RunAsync(MemoryLog.Published(300, witnesses: 2));
        Assert.Equal(["policy.quorum"], report.Findings.Select(finding => finding.Code));
        Assert.Equal(300, report.Verified);
    }

    [Fact]
    public async Task Run_EntryThatIsNoRecord_IsNamedWhereRecordsAreExpected()
    {
        var log = MemoryLog.Published(10, entry: n => n == 4 ? [.. "hello"u8] : SampleRecords.Small(n).ToBytes());
        var finding = Assert.Single((await RunAsync(log)).Findings);
        Assert.Equal(("record.format", 4L), (finding.Code, finding.Index));
        Assert.True((await LogAudit.RunAsync(log, LogHouse.Policy, [], false, null, default)).IsGood);
    }

    private static Task<AuditReport> RunAsync(MemoryLog log) =>
        LogAudit.RunAsync(log, LogHouse.Policy, [], records: true, null, TestContext.Current.CancellationToken);

    private static MemoryLog Bent(string file, Action<byte[]> bend)
    {
        var log = new MemoryLog();
        foreach (var (name, bytes) in Good.Value.Files)
            log.Files[name] = bytes;
        bend(log.Files[file] = [.. log.Files[file]]);
        return log;
    }

    private static void Rewrite(MemoryLog log, long index, Action<List<byte[]>> change, bool tile = true)
    {
        var path = new TilePath(TilePath.Entries, index);
        var bundle = new EntryBundle(log.Files[path.ToString()]);
        var entries = new List<byte[]>();
        while (bundle.TryNext(out var entry))
            entries.Add(entry.ToArray());
        change(entries);
        log.Files[path.ToString()] = EntryBundle.Write(entries.Select(entry => (ReadOnlyMemory<byte>)entry));
        if (tile)
            log.Files[(path with { Level = 0 }).ToString()] = [.. entries.SelectMany(entry => Merkle.LeafHash(entry))];
    }
}
