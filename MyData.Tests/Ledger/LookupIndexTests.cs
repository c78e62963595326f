using System.Security.Cryptography;
using MyData.Core.Ledger;
using MyData.Core.Witnessing;

namespace MyData.Tests.Ledger;

/// <summary>A witness's index of tags and ids: it says what the copy says, and is made anew where it does not fit to it.</summary>
public sealed class LookupIndexTests : IDisposable
{
    // Some files of unlike sizes, and some in memory.
    private const int Records = 150_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-lookup-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Find_InFilesAndInMemory_SaysWhatTheRecordsSay()
    {
        var (index, tree, entries) = await FilledAsync();
        Assert.InRange(index.Runs, 1, 5);
        Assert.Equal(Records, index.Covered);
        All(index, entries, Records);

        var again = await LookupIndex.OpenAsync(_folder, tree, Stop);
        Assert.InRange(again.Covered, Records - LookupIndex.MostInMemory, Records - 1);
        All(again, entries, (int)again.Covered);
        again.Add(entries[(int)again.Covered..]);
        All(again, entries, Records);
    }

    [Fact]
    public async Task Find_OfWhatIsNotThere_OrBeyondTheSize_IsNothing()
    {
        var (index, _, entries) = await FilledAsync();
        for (var n = 0; n < 1_000; n++)
            Assert.Equal(-1, index.Find(LookupKey.OfTag(RandomNumberGenerator.GetBytes(16)), Records));
        var tag = LedgerRecord.Parse(entries[1_000]).Tags[0];
        Assert.Equal(-1, index.Find(LookupKey.OfTag(tag), 1_000));
        Assert.Equal(1_000, index.Find(LookupKey.OfTag(tag), 1_001));
        // The same bytes as an id are another thing.
        Assert.Equal(-1, index.Find(new LookupKey(LookupKey.OfTag(tag).Bytes, LookupKind.Record), Records));
    }

    [Fact]
    public async Task Open_WithABentOrCutFile_LeavesItOut()
    {
        var (_, tree, _) = await FilledAsync();
        var files = Directory.GetFiles(_folder).Order(StringComparer.Ordinal).ToList();
        var bytes = await File.ReadAllBytesAsync(files[0], Stop);
        foreach (var at in (int[])[0, 9, 40, 100, bytes.Length / 2, bytes.Length - 1])
        {
            var bent = bytes.ToArray();
            bent[at] ^= 1;
            await File.WriteAllBytesAsync(files[0], bent, Stop);
            // What stands behind it begins nowhere then.
            Assert.Equal(0, (await LookupIndex.OpenAsync(_folder, tree, Stop)).Covered);
            Assert.Empty(Directory.GetFiles(_folder));
        }
        await File.WriteAllBytesAsync(files[0], bytes[..^1], Stop);
        Assert.Equal(0, (await LookupIndex.OpenAsync(_folder, tree, Stop)).Covered);
        await File.WriteAllBytesAsync(files[0], bytes, Stop);
        Assert.NotEqual(0, (await LookupIndex.OpenAsync(_folder, tree, Stop)).Covered);
    }

    [Fact]
    public async Task Open_BesideAnotherTree_LeavesAllOut()
    {
        await FilledAsync();
        var (other, _) = await TreeAsync(Entries(Records));
        Assert.Equal(0, (await LookupIndex.OpenAsync(_folder, other, Stop)).Covered);
    }

    private static void All(LookupIndex index, List<byte[]> entries, int count)
    {
        for (var at = 0; at < count; at += 7)
        {
            var record = LedgerRecord.Parse(entries[at]);
            Assert.Equal(at, index.Find(LookupKey.OfTag(record.Tags[0]), count));
            Assert.Equal(at, index.Find(LookupKey.OfRecord(record.Id), count));
        }
    }

    private async Task<(LookupIndex Index, TileTree Tree, List<byte[]> Entries)> FilledAsync()
    {
        var (tree, entries) = await TreeAsync(Entries(Records));
        var index = await LookupIndex.OpenAsync(_folder, tree, Stop);
        foreach (var some in entries.Chunk(256))
        {
            index.Add(some);
            await index.StoreAsync(tree, Stop);
        }
        return (index, tree, entries);
    }

    private static List<byte[]> Entries(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(n =>
                    (
                        SampleRecords.Small(n) with
                        {
                            Persons = 1,
                            Tags = [RandomNumberGenerator.GetBytes(PersonTag.Size)],
                        }
                    ).ToBytes()
                ),
        ];

    private static async Task<(TileTree Tree, List<byte[]> Entries)> TreeAsync(List<byte[]> entries)
    {
        var tree = await TileTree.LoadAsync(new NoFiles(), 0, (_, _) => default, Stop);
        tree.Accept(tree.Edge.Append(MerkleProofs.Join([.. entries.Select(e => Merkle.LeafHash(e))])));
        return (tree, entries);
    }

    private sealed class NoFiles : ILogReader
    {
        public ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct) => new((byte[]?)null);
    }
}
