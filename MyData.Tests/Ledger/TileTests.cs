using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>Tiles: their names, their files, and the tree that comes back from them.</summary>
public sealed class TileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-tiles-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(0, 1_234_067, 256, "tile/0/x001/x234/067")]
    [InlineData(1, 999, 17, "tile/1/999.p/17")]
    [InlineData(2, 1_000, 1, "tile/2/x001/000.p/1")]
    [InlineData(63, 5, 255, "tile/63/005.p/255")]
    [InlineData(TilePath.Entries, 1_000_000, 256, "tile/entries/x001/x000/000")]
    public void Path_WritesAndReadsTheStandardsSpelling(int level, long index, int width, string text)
    {
        var path = new TilePath(level, index, width);
        Assert.Equal(text, path.ToString());
        Assert.True(TilePath.TryParse(text, out var again));
        Assert.Equal(path, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tile")]
    [InlineData("tile/0")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/00")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/0/x000/000")]
    [InlineData("tile/0/x001/000/")]
    [InlineData("tile/0/001/000")]
    [InlineData("tile/0/x001/x000")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/000.p/1/2")]
    [InlineData("tile/0/../../secret")]
    [InlineData("tile/entries/000/..")]
    [InlineData("tile/0/０００")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tile/entries/.p/1")]
    [InlineData("/tile/0/000")]
    [InlineData("checkpoint")]
    public void Path_AnyOtherSpelling_IsNone(string text) => Assert.False(TilePath.TryParse(text, out _));

    [Fact]
    public async Task Edge_OfTheStandardsExample_HasThoseTiles()
    {
        // c2sp.org/tlog-tiles, "Partial Tiles": a tree of 70,000.
        var tree = await TileTree.LoadAsync(new MemoryLog(), 0, (_, _) => default, default);
        tree.Accept(tree.Edge.Append(Trees.Numbered(0, 70_000)));
        Assert.Equal(
            ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"],
            TreeEdge.Paths(70_000).Select(path => path.ToString())
        );
        Assert.Equal(273, tree.Pending.Count(tile => tile.Level == 0));
        Assert.Equal("tile/1/000", Assert.Single(tree.Pending, tile => tile.Level == 1).Path.ToString());
        Assert.Equal(112 * 32, (await tree.ReadAsync(new TilePath(0, 273, 112), default))!.Value.Length);
        Assert.Equal(32, (await tree.ReadAsync(new TilePath(0, 273, 1), default))!.Value.Length);
        Assert.Null(await tree.ReadAsync(new TilePath(0, 273, 113), default));
        Assert.Null(await tree.ReadAsync(new TilePath(0, 274, 1), default));
        Assert.Null(await tree.ReadAsync(new TilePath(3, 0, 1), default));
        Assert.Null(await tree.ReadAsync(new TilePath(0, 72_057_594_037_927_936, 1), default));
    }

    [Fact]
    public async Task Append_BatchThatIsDropped_LeavesTheTreeAsItWas()
    {
        var tree = await TileTree.LoadAsync(new MemoryLog(), 0, (_, _) => default, default);
        tree.Accept(tree.Edge.Append(Trees.Leaves(0, 300)));
        var before = tree.Edge.Root.ToArray();
        _ = tree.Edge.Append(Trees.Leaves(500, 900));
        Assert.Equal(before, tree.Edge.Root.ToArray());
        tree.Accept(tree.Edge.Append(Trees.Leaves(300, 600)));
        Assert.Equal(Trees.Root(0, 600), tree.Edge.Root.ToArray());
    }

    [Fact]
    public async Task Load_AfterACrashAtAnyWrite_HasTheSameRoot()
    {
        const int size = 66_000;
        var leaves = Trees.Numbered(0, size);
        var whole = TreeEdge.Empty.Append(leaves);
        var log = new LogFolder(_folder);
        var written = 0;
        foreach (var tile in whole.Completed)
        {
            if (written++ % 40 == 0)
                await LoadsAsync();
            log.Store(tile.Path, tile.Bytes().Span);
        }
        var tree = await LoadsAsync();
        Assert.Empty(tree.Pending);
        foreach (var index in new[] { 0, 255, 256, 65_535, 65_536, 65_999 })
        {
            var proof = await tree.InclusionAsync(index, size, default);
            MerkleProofs.VerifyInclusion(index, size, leaves.AsSpan(index * 32, 32), proof, whole.Root.Span);
        }

        async Task<TileTree> LoadsAsync()
        {
            var loaded = await TileTree.LoadAsync(
                log,
                size,
                (from, _) => new(leaves.AsMemory((int)from * 32)),
                default
            );
            Assert.Equal(whole.Root.ToArray(), loaded.Edge.Root.ToArray());
            Assert.Equal(size, loaded.Edge.Size);
            return loaded;
        }
    }

    [Fact]
    public void Folder_KeepsNoTemporaryFile_WhenAWriteFailsOrAProcessEnded()
    {
        var log = new LogFolder(_folder);
        // What stands in the way cannot be replaced by a file.
        Directory.CreateDirectory(Path.Combine(_folder, ILogReader.Checkpoint, "x"));
        Directory.CreateDirectory(Path.Combine(_folder, "tile", "0", "000"));
        Assert.ThrowsAny<Exception>(() => log.Publish([1]));
        Assert.ThrowsAny<Exception>(() => log.Store(new TilePath(0, 0), new byte[8_192]));
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));

        log.PublishPolicy([2]);
        File.WriteAllBytes(Path.Combine(_folder, "checkpoint.0123456789abcdef.new"), [1]);
        File.WriteAllBytes(Path.Combine(_folder, "tile", "0", "001.0123456789abcdef.fedcba9876543210.new"), [1]);
        log.Sweep();
        Assert.Equal(
            [Path.Combine(_folder, ILogReader.Policy)],
            Directory.GetFiles(_folder, "*", SearchOption.AllDirectories)
        );
    }

    [Fact]
    public async Task Stored_TilesLeaveMemoryAndAreReadFromTheFiles()
    {
        var log = new MemoryLog();
        var tree = await TileTree.LoadAsync(log, 0, (_, _) => default, default);
        for (var from = 0; from < 3_000; from += 100)
        {
            tree.Accept(tree.Edge.Append(Trees.Leaves(from, from + 100)));
            var pending = tree.Pending;
            foreach (var tile in pending)
                log.Files[tile.Path.ToString()] = tile.Bytes().ToArray();
            tree.Stored(pending);
        }
        Assert.Empty(tree.Pending);
        var fresh = await TileTree.LoadAsync(log, 2_816, (_, _) => throw new InvalidOperationException(), default);
        Assert.Equal(Trees.Root(0, 2_816), fresh.Edge.Root.ToArray());
        var proof = await fresh.InclusionAsync(5, 2_000, default);
        MerkleProofs.VerifyInclusion(5, 2_000, Merkle.LeafHash(Trees.Entry(5)), proof, Trees.Root(0, 2_000));
    }

    [Fact]
    public async Task Proofs_WhileTheTreeGrowsAndTilesAreStored_AlwaysVerify()
    {
        const int size = 20_000;
        var leaves = Trees.Numbered(0, size);
        var log = new LogFolder(_folder);
        var tree = await TileTree.LoadAsync(log, 0, (_, _) => default, default);
        tree.Accept(tree.Edge.Append(leaves.AsSpan(0, 32)));
        var readers = Enumerable.Range(0, 2).Select(seed => Task.Run(() => ReadAsync(new Random(seed)))).ToList();
        for (var from = 1; from < size; from += 37)
        {
            var to = Math.Min(from + 37, size);
            tree.Accept(tree.Edge.Append(leaves.AsSpan(from * 32, (to - from) * 32)));
            var pending = tree.Pending;
            foreach (var tile in pending)
                log.Store(tile.Path, tile.Bytes().Span);
            tree.Stored(pending);
        }
        Assert.All(await Task.WhenAll(readers), proofs => Assert.True(proofs > 0));

        async Task<int> ReadAsync(Random random)
        {
            for (var proofs = 0; ; proofs++)
            {
                var edge = tree.Edge;
                var index = random.NextInt64(edge.Size);
                var leaf = leaves.AsMemory((int)index * 32, 32);
                var proof = await tree.InclusionAsync(index, edge.Size, default);
                MerkleProofs.VerifyInclusion(index, edge.Size, leaf.Span, proof, edge.Root.Span);
                var old = random.NextInt64(edge.Size) + 1;
                var path = await tree.ConsistencyAsync(old, edge.Size, default);
                var oldRoot = await tree.RootAsync(0, old, default);
                MerkleProofs.VerifyConsistency(old, edge.Size, path, oldRoot, edge.Root.Span);
                if (edge.Size == size)
                    return proofs + 1;
            }
        }
    }

    [Fact]
    public async Task Store_FullTile_IsNeverOverwritten()
    {
        var log = new LogFolder(_folder);
        var tile = TreeEdge.Empty.Append(Trees.Leaves(0, 256)).Completed[0];
        log.Store(tile.Path, tile.Bytes().Span);
        log.Store(tile.Path, tile.Bytes().Span);
        var other = tile.Bytes().ToArray();
        other[77] ^= 1;
        Assert.Equal("tile.differs", Refusal.Of(() => log.Store(tile.Path, other)));
        Assert.Equal("tile.partial", Refusal.Of(() => log.Store(tile.Path with { Width = 3 }, other.AsSpan(0, 96))));
        Assert.Equal(tile.Bytes().ToArray(), await log.ReadAsync("tile/0/000", default));
        Assert.Null(await log.ReadAsync("tile/0/001", default));
        Assert.Null(await log.ReadAsync("../" + Path.GetFileName(_folder) + "/tile/0/000", default));
        Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
        log.Publish("one\n"u8);
        log.Publish("two\n"u8);
        Assert.Equal("two\n"u8.ToArray(), await log.ReadAsync("checkpoint", default));
    }

    [Fact]
    public async Task SetAside_WrongFile_IsKeptAndTheRightOneTakesItsPlace()
    {
        var log = new LogFolder(_folder);
        var tile = TreeEdge.Empty.Append(Trees.Leaves(0, 256)).Completed[0];
        log.Store(tile.Path, new byte[Tile.FullBytes]);
        Assert.Equal("tile.differs", Refusal.Of(() => log.Store(tile.Path, tile.Bytes().Span)));
        var evidence = log.SetAside(tile.Path, LogHouse.Now);
        log.Store(tile.Path, tile.Bytes().Span);
        Assert.Equal(new byte[Tile.FullBytes], await File.ReadAllBytesAsync(evidence!));
        Assert.Equal(tile.Bytes().ToArray(), await log.ReadAsync("tile/0/000", default));
        Assert.Null(log.SetAside(new TilePath(0, 1), LogHouse.Now));
        Assert.Null(await log.ReadAsync("evidence/" + Path.GetFileName(evidence), default));
    }

    [Fact]
    public async Task Site_AnsweringAsLogsDo_IsReadLikeAFolder()
    {
        var asked = new List<string>();
        using var http = new HttpClient(
            new Answers(request =>
            {
                asked.Add(request.RequestUri!.AbsoluteUri);
                return request.RequestUri.AbsolutePath switch
                {
                    "/log/checkpoint" => new HttpResponseMessage { Content = new ByteArrayContent([1, 2]) },
                    "/log/tile/0/000" => new HttpResponseMessage(System.Net.HttpStatusCode.NotFound),
                    _ => new HttpResponseMessage(System.Net.HttpStatusCode.InternalServerError),
                };
            })
        );
        foreach (var prefix in new[] { "https://mydata.example/log", "https://mydata.example/log/" })
        {
            var site = new LogSite(http, new Uri(prefix));
            Assert.Equal([1, 2], await site.ReadAsync("checkpoint", default));
            Assert.Null(await site.ReadAsync("tile/0/000", default));
            await Assert.ThrowsAsync<HttpRequestException>(async () => await site.ReadAsync("tile/0/001", default));
        }
        Assert.Equal("https://mydata.example/log/checkpoint", asked[0]);
    }

    private sealed class Answers(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) =>
            Task.FromResult(answer(request));
    }

    [Fact]
    public async Task Tile_OfAnotherSizeOrAbsent_HasItsCode()
    {
        var log = new MemoryLog { Files = { ["tile/0/000"] = new byte[8_191] } };
        Assert.Equal("tile.size", await Refusal.OfAsync(async () => await ReadAsync(0)));
        Assert.Equal("tile.missing", await Refusal.OfAsync(async () => await ReadAsync(1)));
        ValueTask<Tile> ReadAsync(int index) => ((ILogReader)log).ReadTileAsync(new TilePath(0, index), default);
    }

    [Fact]
    public void Bundle_OfAnyEntries_ReadsAgain()
    {
        byte[][] entries =
        [
            [],
            [1],
            new byte[65_535],
            [.. "entry"u8],
        ];
        var bundle = new EntryBundle(EntryBundle.Write(entries.Select(entry => (ReadOnlyMemory<byte>)entry)));
        foreach (var entry in entries)
        {
            Assert.True(bundle.TryNext(out var read));
            Assert.True(read.SequenceEqual(entry));
        }
        Assert.False(bundle.TryNext(out _));
        Assert.Equal("bundle.length", Refusal.Of(() => EntryBundle.Write([new byte[65_536]])));
        foreach (var bad in new byte[][] { [0], [0, 1], [0, 2, 1], [255, 255] })
            Assert.Equal("bundle.length", Refusal.Of(() => new EntryBundle(bad).TryNext(out _)));
    }
}
