using Microsoft.Extensions.Logging.Abstractions;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Witnessing;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>What a crash, a thief or a disk does to a witness's folder: never a second state that it signs.</summary>
public sealed class WitnessFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-witness-").FullName;
    private readonly GrowingLog _log = new GrowingLog().Grow(600);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Journal_TornAnywhereInItsLastFrame_KeepsWhatWasSigned()
    {
        byte[] whole;
        long signed;
        using (var witness = Start())
        {
            Assert.Equal(200, (await AddAsync(witness, 0, 5)).Status);
            signed = new FileInfo(Journal).Length;
            Assert.Equal(200, (await AddAsync(witness, 5, 7)).Status);
            whole = await File.ReadAllBytesAsync(Journal, Stop);
        }
        for (var length = signed; length <= whole.Length; length += 7)
        {
            await File.WriteAllBytesAsync(Journal, whole[..(int)length], Stop);
            using var after = Start();
            Assert.Equal(length == whole.Length ? 7 : 5, Assert.Single(after.Logs).Size);
            Assert.Equal(200, (await AddAsync(after, Assert.Single(after.Logs).Size, 600)).Status);
        }
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("garbage behind a power cut")]
    public async Task Journal_WithGarbageBehindIt_GoesOn(string garbage)
    {
        using (var witness = Start())
            Assert.Equal(200, (await AddAsync(witness, 0, 5)).Status);
        await File.AppendAllTextAsync(Journal, garbage, Stop);
        using var after = Start();
        Assert.Equal(200, (await AddAsync(after, 5, 600)).Status);
    }

    [Fact]
    public async Task Journal_WrongBeforeARightFrame_StopsTheStart()
    {
        using (var witness = Start())
        {
            await AddAsync(witness, 0, 5);
            await AddAsync(witness, 5, 7);
        }
        var bytes = await File.ReadAllBytesAsync(Journal, Stop);
        foreach (var at in (int[])[0, 5, 20, 100])
        {
            var wrong = bytes.ToArray();
            wrong[at] ^= 1;
            await File.WriteAllBytesAsync(Journal, wrong, Stop);
            Refused("witness.damaged");
        }
    }

    [Fact]
    public async Task Folder_OlderThanWhatItPublished_StopsTheStart()
    {
        using (var witness = Start())
            await AddAsync(witness, 0, 5);
        var older = await File.ReadAllBytesAsync(Journal, Stop);
        using (var witness = Start())
        {
            await AddAsync(witness, 5, 7);
            await witness.StoreAsync(Stop);
        }
        await File.WriteAllBytesAsync(Journal, older, Stop);
        Refused("witness.rollback");
        File.Delete(Journal);
        Refused("witness.rollback");
    }

    [Theory]
    [InlineData("tile/0/000")]
    [InlineData("tile/0/001")]
    public async Task Tile_ThatIsWrongOrGone_StopsTheStart(string tile)
    {
        using (var witness = Start())
        {
            await AddAsync(witness, 0, 600);
            await witness.StoreAsync(Stop);
        }
        // Written anew, the journal begins behind the tiles.
        using (Start()) { }
        var file = Path.Combine(Path.GetDirectoryName(Journal)!, tile);
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        bytes[40] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Stop);
        Refused("witness.damaged");
        File.Delete(file);
        Refused("witness.damaged");
    }

    [Fact]
    public async Task Folder_CutAtEveryMoment_NeverLosesWhatWasCosigned()
    {
        var (cuts, size) = (new List<(string Folder, long Size)>(), 0L);
        using (var witness = Start())
        {
            foreach (var next in (long[])[1, 255, 257, 300, 512, 600])
            {
                Assert.Equal(200, (await AddAsync(witness, size, next)).Status);
                size = next;
                cuts.Add((PowerCut.Copy(_folder), size));
                await witness.StoreAsync(Stop);
                cuts.Add((PowerCut.Copy(_folder), size));
            }
        }
        foreach (var (folder, cosigned) in cuts)
        {
            using (var after = Start(folder))
            {
                Assert.Equal(cosigned, Assert.Single(after.Logs).Size);
                Assert.Equal(200, (await AddAsync(after, cosigned, 600)).Status);
            }
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Copies_OfManyRequests_AreWholeAfterEachShortening()
    {
        var big = new GrowingLog().Grow(90_000);
        using (var witness = Start())
        {
            for (var size = 0L; size < big.Size; size += 3_000)
            {
                Assert.Equal(200, (await AddAsync(witness, size, size + 3_000, big)).Status);
                await witness.StoreAsync(Stop);
            }
        }
        Assert.InRange(new FileInfo(Journal).Length, 1, 16 * 1024 * 1024);
        using var after = Start();
        var site = new Copy(after);
        var report = await LogAudit.RunAsync(
            site,
            WitnessPolicy.Parse((await site.ReadAsync(ILogReader.Policy, Stop))!),
            [],
            records: true,
            null,
            Stop
        );
        Assert.Empty(report.Findings);
        Assert.Equal(big.Size, report.Verified);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Journal => Path.Combine(_folder, "logs", Uri.EscapeDataString(LogHouse.Origin), "journal");

    private Witness Start(string? folder = null) =>
        new(
            new WitnessSettings
            {
                Name = "witness.example/w",
                Listen = "http://127.0.0.1:1",
                Folder = folder ?? _folder,
                Logs = [new() { Key = LogHouse.Log.Verifier.ToString() }],
            },
            new ManualTime(),
            NullLogger<Witness>.Instance
        );

    private void Refused(string code)
    {
        var refused = Assert.Throws<StartRefusedException>(() => Start());
        Assert.Contains($"({code})", refused.Message, StringComparison.Ordinal);
    }

    private async Task<WitnessAnswer> AddAsync(Witness witness, long from, long to, GrowingLog? log = null)
    {
        log ??= _log;
        var asked = witness.Ask(await log.AddAsync(from, to));
        return asked.Refusal ?? await asked.AddAsync(log.Bundle(from, to), Stop);
    }

    private sealed class Copy(Witness witness) : ILogReader
    {
        public ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct) =>
            witness.ReadAsync($"{LogHouse.Origin}/{path}", ct);
    }
}
