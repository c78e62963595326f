using MyData.Core.Ledger;
using MyData.Web.Features.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>An export is a whole log without a server, grows with it, and is never taken for whole where it is not.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-export-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(700)]
    [InlineData(66_321)]
    public async Task Run_WholeLog_IsAuditedFromItsFilesAlone(int size)
    {
        var log = MemoryLog.Published(size);
        Assert.Empty((await RunAsync(log)).Findings);
        Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, _folder]));
        var names = Directory
            .EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder, file));
        Assert.Equal(log.Files.Keys.Append("policy").Order(), names.Order());
    }

    [Fact]
    public async Task Run_Again_GoesOnFromTheEarlierExport()
    {
        await RunAsync(MemoryLog.Published(700));
        var grown = MemoryLog.Published(1_000);
        Assert.Equal(1_000, (await RunAsync(grown)).Verified);
        // Checkpoint, the third bundle and tile, and the partial ones: the others are there.
        Assert.Equal(1 + 2 + 3, grown.Reads);
        Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, _folder]));
    }

    [Theory]
    [InlineData(400, 0)]
    [InlineData(1_000, 5)]
    public async Task Run_OfALogThatDoesNotExtendTheEarlierExport_KeepsItsCheckpoint(int size, int first)
    {
        await RunAsync(MemoryLog.Published(700));
        var report = await RunAsync(MemoryLog.Published(size, first));
        Assert.False(report.IsGood);
        Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, _folder]));
    }

    [Fact]
    public async Task Run_OfALogWithAWrongEntry_NamesItAndGivesNoCheckpoint()
    {
        var log = MemoryLog.Published(700);
        log.Files["tile/entries/001"][9] ^= 1;
        Assert.Equal("audit.entry", Assert.Single((await RunAsync(log)).Findings).Code);
        Assert.False(File.Exists(Path.Combine(_folder, "checkpoint")));
    }

    [Fact]
    public async Task Run_WhereThePartialTilesHaveGivenWayToFullOnes_CutsThose()
    {
        var (log, later) = (MemoryLog.Published(700), MemoryLog.Published(768));
        foreach (var name in (string[])["tile/0/002", "tile/entries/002"])
        {
            log.Files.Remove($"{name}.p/188");
            log.Files[name] = later.Files[name];
        }
        Assert.Equal(700, (await RunAsync(log)).Verified);
    }

    [Fact]
    public async Task Command_OnADamagedOrMissingExport_SaysSo()
    {
        await RunAsync(MemoryLog.Published(700));
        var file = Path.Combine(_folder, "tile/entries/001");
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        Assert.Equal(1, await AuditCommand.RunAsync([AuditCommand.Name, _folder]));
        Assert.Equal(2, await AuditCommand.RunAsync([AuditCommand.Name, _folder + "-not"]));
        Assert.Equal(2, await ExportCommand.RunAsync([ExportCommand.Name, _folder]));
    }

    private Task<AuditReport> RunAsync(MemoryLog log) =>
        LogExport.RunAsync(
            log,
            LogHouse.Bytes(LogHouse.PolicyText),
            _folder,
            records: true,
            TestContext.Current.CancellationToken
        );
}
