using System.Diagnostics;
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
        var log = new Uri(pair.Portal.Origin, LedgerUrls.Of(TimeProvider.System.GetUtcNow().Year));
        await using (var callers = new SteadyCallers(() => pair.Portal.Origin, PortalProcess.SandboxKeys, atOnce: 8))
        {
            await callers.MoreAsync(Records, Limit);
            await callers.StopAsync();
        }
        var policy = Path.Combine(built.Folder, "policy");
        await File.WriteAllTextAsync(policy, await http.GetStringAsync($"{log}/policy", Stop), Stop);
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
        Assert.True(unknown == 1, unsigned);
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
