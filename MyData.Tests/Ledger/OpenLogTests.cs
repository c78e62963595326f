using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Tests.Ledger;

/// <summary>What a release sees of a log that is being signed at that moment.</summary>
public sealed class OpenLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Published_WithoutWitnesses_IsProvenWhenItIsSeen()
    {
        var files = new LogFolder(_folder);
        var tree = await TileTree.LoadAsync(files, 0, (_, _) => default, TestContext.Current.CancellationToken);
        var policy = WitnessPolicy.Parse(LogHouse.Bytes($"log {LogHouse.Log.Verifier}\nquorum none\n"));
        var log = new OpenLog(1, 2026, LogHouse.Log, tree, files, policy);
        log.Sign();
        var signing = Task.Run(() =>
        {
            for (var size = 1; size <= 5_000; size++)
            {
                tree.Accept(tree.Edge.Append(Merkle.LeafHash(LogHouse.Bytes($"{size}"))));
                log.Sign();
            }
        });
        var seen = 0L;
        while (seen < 5_000)
        {
            var published = log.Published!.Checkpoint.Size;
            Assert.InRange(log.Proven!.Checkpoint.Size, published, long.MaxValue);
            Assert.False(signing.IsFaulted);
            seen = published;
        }
        await signing;
    }
}
