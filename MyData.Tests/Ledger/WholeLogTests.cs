using MyData.Core.Recording;
using MyData.Tests.Support;
using Xunit.Sdk;

namespace MyData.Tests.Ledger;

/// <summary>Whoever leaves a log that is not whole fails, whether it looks or not.</summary>
public sealed class WholeLogTests
{
    private static readonly Guid[] People = [new(1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("UPDATE ledger_entries SET Bytes = CAST(replace(Bytes, 'mydata', 'mydatb') AS BLOB) WHERE Idx = 7")]
    [InlineData("UPDATE ledger_entries SET Idx = 900 WHERE Idx = 7")]
    [InlineData("UPDATE ledger_entries SET EventId = NULL WHERE Idx = 7")]
    [InlineData("DELETE FROM ledger_entries WHERE Idx = 299")]
    [InlineData("UPDATE ledger_checkpoints SET Root = zeroblob(32)")]
    [InlineData("DELETE FROM ledger_checkpoints")]
    [InlineData("DELETE FROM ledger_tags WHERE Tag = (SELECT min(Tag) FROM ledger_tags)")]
    [InlineData("UPDATE ledger_tags SET Entry = 'x'")]
    [InlineData("INSERT INTO ledger_tags SELECT zeroblob(16), Id FROM ledger_entries WHERE Idx = 7")]
    public async Task Row_ThatIsBent_FailsItsTest(string sql)
    {
        var host = await HostAsync();
        Bent.Run(host.Folder, sql);
        await FailsAsync(host);
        Assert.False(Directory.Exists(host.Folder));
    }

    [Theory]
    [InlineData("tile/0/000", 12)]
    [InlineData("tile/entries/000", 12)]
    [InlineData("checkpoint", 40)]
    public async Task File_ThatIsBent_FailsItsTest(string name, int at)
    {
        var host = await HostAsync();
        var file = Directory.GetDirectories(host.LedgerFolder).Select(year => Path.Combine(year, name)).Single();
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        bytes[at] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Stop);
        await FailsAsync(host);
    }

    [Fact]
    public async Task Test_ThatSaysItBendsTheLog_MustHaveDoneSo()
    {
        var bent = await HostAsync(endsBent: true);
        Bent.Run(bent.Folder, "DELETE FROM ledger_entries WHERE Idx = 299");
        await bent.DisposeAsync();
        await FailsAsync(await HostAsync(endsBent: true));
    }

    [Fact]
    public async Task Portal_WhoseLogIsBent_FailsItsTest()
    {
        var portal = Portal.Start(new() { Engine = Engine.Sqlite });
        Bent.Run(portal.Folder, "UPDATE ledger_checkpoints SET Root = zeroblob(32)");
        await FailsAsync(portal);
        Assert.False(Directory.Exists(portal.Folder));
    }

    private static async Task FailsAsync(IAsyncDisposable left) =>
        await Assert.ThrowsAnyAsync<XunitException>(() => left.DisposeAsync().AsTask());

    private static async Task<CoreHost> HostAsync(bool endsBent = false)
    {
        var host = new CoreHost(engine: Engine.Sqlite, endsBent: endsBent);
        for (var writes = 0; writes < 3; writes++)
            await host.RecordAsync(100, People);
        await host.Get<TileKeeper>().StoreAsync(Stop);
        await host.Services.DisposeAsync();
        return host;
    }
}
