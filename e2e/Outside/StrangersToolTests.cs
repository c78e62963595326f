using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using MyData.Core.Ledger;
using MyData.E2E.Support;
using MyData.Load.Nodes;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;

namespace MyData.E2E.Outside;

/// <summary>
/// The log as a stranger's tool reads it: Go's own packages for notes, tiles and proofs, as Debian ships them (<c>sumdb/verify.go</c>). They verify the
/// log's signature, each record of more than a full tile, receipts, and that the log goes on; and refuse what was changed.
/// </summary>
public sealed class StrangersToolTests(StrangersToolTests.Built built, WitnessPair pair)
    : IClassFixture<StrangersToolTests.Built>,
        IClassFixture<WitnessPair>
{
    private const int Records = 300;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Log_OfThePortalAndOfAWitness_IsAcceptedByGosOwnTools()
    {
        using var http = new HttpClient();
        var (log, policy) = await FillAsync();
        var receipts = new List<string>();
        foreach (var index in (int[])[0, 1, 255, 256, Records - 1])
        {
            var file = Path.Combine(built.Folder, $"{index}.tlog-proof");
            await File.WriteAllBytesAsync(
                file,
                await http.GetByteArrayAsync($"{log}/records/{index}/receipt", Stop),
                Stop
            );
            receipts.Add(file);
        }

        var (code, said) = await built.RunAsync([$"{log}", policy, .. receipts]);
        Assert.True(code == 0, said);
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(receipts.Count, lines.Count(line => line.StartsWith("receipt of ", StringComparison.Ordinal)));
        Assert.All(
            lines.Where(line => line.Contains("cosigned by", StringComparison.Ordinal)),
            line => Assert.True(int.Parse(line.Split(' ')[^1], null) >= 1, line)
        );
        var read = lines.Single(line => line.StartsWith("records ", StringComparison.Ordinal)).Split(' ')[1];
        Assert.True(long.Parse(read, null) >= Records, said);

        // A witness's own copy, from its own address.
        var origin = lines[0].Split(' ')[1];
        var (copied, copy) = await built.RunAsync($"{new Uri(pair.Witnesses[0].Origin, $"/{origin}")}", policy);
        Assert.True(copied == 0, copy);

        // And what must not be accepted: a receipt with one byte of the record changed, and a policy with another log's key.
        var bent = await File.ReadAllTextAsync(receipts[1], Stop);
        var at = bent.IndexOf("extra ", StringComparison.Ordinal) + "extra ".Length + 40;
        var file2 = Path.Combine(built.Folder, "bent.tlog-proof");
        await File.WriteAllTextAsync(file2, $"{bent[..at]}{(bent[at] == 'A' ? 'B' : 'A')}{bent[(at + 1)..]}", Stop);
        var (refused, why) = await built.RunAsync($"{log}", policy, file2);
        Assert.True(refused == 1 && why.Contains("invalid transparency proof", StringComparison.Ordinal), why);
        var other = Path.Combine(built.Folder, "other");
        var lines2 = (await File.ReadAllLinesAsync(policy, Stop)).Select(line =>
            line.StartsWith("log ", StringComparison.Ordinal) ? $"log {Stranger}" : line
        );
        await File.WriteAllLinesAsync(other, lines2, Stop);
        var (unknown, unsigned) = await built.RunAsync($"{log}", other);
        Assert.True(
            unknown == 1 && unsigned.Contains("not signed by the log of this origin", StringComparison.Ordinal),
            unsigned
        );
    }

    [Fact]
    public async Task Log_BentOnItsWay_IsRefused()
    {
        var (log, policy) = await FillAsync();
        await using var front = await FrontOfWitness.StartAsync(pair.Portal.Origin);
        var bent = $"{front.Url}{log.AbsolutePath}";
        var (code, said) = await built.RunAsync(bent, policy);
        Assert.True(code == 0, said);
        await RefusedAsync("checkpoint", FlipCosignature, "invalid signature for key");
        await RefusedAsync("000", bytes => IsTile(bytes) ? Flip(bytes, 40) : bytes, NotTheTile, Inconsistent);
        await RefusedAsync("000", bytes => IsTile(bytes) ? bytes : Flip(bytes, 40), NotTheTile);
        await RefusedAsync("000", bytes => IsTile(bytes) ? bytes : [.. bytes, 0], "goes on behind its records");

        // A record and its hash, changed alike.
        using var http = new HttpClient();
        var bundle = Flip(await http.GetByteArrayAsync($"{log}/tile/entries/000", Stop), 40);
        var leaf = Merkle.LeafHash(bundle.AsSpan(2, BinaryPrimitives.ReadUInt16BigEndian(bundle)));
        await RefusedAsync(
            "000",
            bytes => IsTile(bytes) ? [.. leaf, .. bytes[Merkle.HashSize..]] : bundle,
            "do not lead to the signed root",
            Inconsistent
        );

        static bool IsTile(byte[] bytes) => bytes.Length == Tile.FullBytes;

        async Task RefusedAsync(string file, Func<byte[], byte[]> bend, params string[] why)
        {
            front.Bend = (asked, bytes) => asked == file ? bend(bytes) : bytes;
            var (refused, message) = await built.RunAsync(bent, policy);
            Assert.True(refused == 1 && why.Any(one => message.Contains(one, StringComparison.Ordinal)), message);
        }
    }

    private const string NotTheTile = "is not what the tile says";

    // What Go's package says itself, of those tiles that it holds against the tree: which, depends on the tree's size.
    private const string Inconsistent = "downloaded inconsistent tile";

    /// <summary>More than a full tile of records, and the policy as a file.</summary>
    private async Task<(Uri Log, string Policy)> FillAsync()
    {
        var log = new Uri(pair.Portal.Origin, LedgerUrls.Of(TimeProvider.System.GetUtcNow().Year));
        await using (var callers = new SteadyCallers(() => pair.Portal.Origin, PortalProcess.SandboxKeys, atOnce: 8))
        {
            await callers.MoreAsync(Records, Limit);
            await callers.StopAsync();
        }
        using var http = new HttpClient();
        var policy = Path.Combine(built.Folder, $"policy-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(policy, await http.GetStringAsync($"{log}/policy", Stop), Stop);
        return (log, policy);
    }

    // The last line is a witness's: the log signs first. Its last bytes are signature, not key id or time.
    private static byte[] FlipCosignature(byte[] note)
    {
        var text = Encoding.UTF8.GetString(note);
        var at = text.Length - 20;
        return Encoding.UTF8.GetBytes($"{text[..at]}{(text[at] == 'A' ? 'B' : 'A')}{text[(at + 1)..]}");
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }

    // The checksum database's own key, as it is printed in the Go command.
    private const string Stranger = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    /// <summary>The program, built once.</summary>
    public sealed class Built : IAsyncLifetime
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("mydata-e2e-go-").FullName;

        public async ValueTask InitializeAsync()
        {
            GoInstall.Require();
            var source = Path.Combine(Repository.Root, "e2e", "Outside", "sumdb", "verify.go");
            var (code, said) = await StartAsync("/usr/bin/go", "build", "-o", Program, source);
            Assert.True(code == 0, said);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }

        public Task<(int Code, string Said)> RunAsync(params string[] arguments) => StartAsync(Program, arguments);

        private string Program => Path.Combine(Folder, "verify");

        private async Task<(int Code, string Said)> StartAsync(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["GO111MODULE"] = "off";
            start.Environment["GOPATH"] = GoInstall.Packages;
            start.Environment["GOCACHE"] = Path.Combine(Folder, "cache");
            start.Environment["GOFLAGS"] = "";
            using var process = Process.Start(start)!;
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await said + await complained);
        }
    }
}
