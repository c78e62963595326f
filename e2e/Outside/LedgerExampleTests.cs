using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MyData.Core.Ledger;
using MyData.E2E.Support;
using MyData.Tests.Support;

namespace MyData.E2E.Outside;

/// <summary>
/// Callers in four languages at the real portal: each records, repeats and checks its receipt with what its language brings. And kill -9
/// between write and answer: the repeat has the same place.
/// </summary>
public sealed class LedgerExampleTests
{
    internal const string Persona = "A299001174";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Examples_RecordAndVerify_InEachLanguage()
    {
        await using var portal = await PortalProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = portal.Origin };
        var policy = Path.Combine(portal.Folder, "policy");
        await File.WriteAllTextAsync(policy, await http.GetStringAsync("/ledger/v1/policy", Stop), Stop);

        await RunAsync(portal, policy, "city-welfare", "bash", "record.sh");
        await RunAsync(portal, policy, "city-schools", "python3", "record.py");
        await RunAsync(portal, policy, "city-welfare", "node", "record.mjs");
        var output = new StringWriter();
        await Outside.Ledger.Record.RunAsync(
            portal.Origin.ToString(),
            "city-traffic",
            Key("city-traffic"),
            Persona,
            output
        );
        RequireDone(output.ToString(), "Record.cs");
        Assert.Equal(4, await portal.NumberAsync("select count(*) from ledger_entries where EventId is null"));
        Assert.Equal(4, await portal.NumberAsync("select Next from ledger_counters"));
    }

    [Fact]
    public async Task KilledBetweenWriteAndAnswer_TheRepeatHasTheSamePlace()
    {
        await using var portal = await PortalProcess.StartAsync(
            new Dictionary<string, string> { ["MyData:Sandbox:KillSwitch"] = "true" }
        );
        using var http = new HttpClient { BaseAddress = portal.Origin };
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(Key("city-traffic"), Stop));
        var kid = CallerKey.Parse(key.ExportSubjectPublicKeyInfo()).Kid;
        // A write of the portal's own may use the cut up; then the record was not written, and it is tried again.
        for (var tries = 0; tries < 5; tries++)
        {
            var body = Envelope(key, kid);
            await ArmAsync(http);
            await Assert.ThrowsAnyAsync<Exception>(() => PostAsync(http, body));
            await portal.ExitAsync(Limit);
            var before = await portal.NumberAsync("select count(*) from ledger_entries where EventId is null");
            await portal.StartAsync();
            using var repeat = await PostAsync(http, body);
            if (before == tries)
                continue;
            Assert.Equal(HttpStatusCode.OK, repeat.StatusCode);
            var index = await portal.NumberAsync("select max(Idx) from ledger_entries where EventId is null");
            Assert.Contains(
                $"\"index\":{index},",
                await repeat.Content.ReadAsStringAsync(Stop),
                StringComparison.Ordinal
            );
            Assert.Equal(before, await portal.NumberAsync("select count(*) from ledger_entries where EventId is null"));
            return;
        }
        Assert.Fail("The cut never fell between a record's write and its answer.");
    }

    /// <summary>A write of the portal's own can fall before the answer to this, and then nobody answers.</summary>
    private static async Task ArmAsync(HttpClient http)
    {
        try
        {
            using var armed = await http.PostAsync("/sandbox/kill-switch?after=1", content: null, Stop);
            Assert.Equal(HttpStatusCode.OK, armed.StatusCode);
        }
        catch (HttpRequestException) { }
    }

    private static string Envelope(ECDsa key, string kid)
    {
        var now = TimeProvider.System.GetUtcNow();
        var record = new LedgerRecord
        {
            Id = Guid.CreateVersion7(now),
            Time = now,
            From = "ris/household@3",
            To = "city-traffic",
            Via = "city-traffic",
            Kid = kid,
            Operation = "household.read",
            Reason = "act-12.3",
            Result = "ok",
        };
        var signature = key.SignData(CallerSignature.Message(record.ToSignedBytes()), HashAlgorithmName.SHA256);
        var sent = record with { Signature = CallerSignature.Single(signature) };
        return $$"""{"record":{{Encoding.UTF8.GetString(sent.ToSentBytes())}}}""";
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string body) =>
        http.PostAsync("/ledger/v1/records", new StringContent(body, Encoding.UTF8, "application/json"), Stop);

    internal static string Key(string name) => Path.Combine(PortalProcess.SandboxKeys, $"caller-{name}.pem");

    private static async Task RunAsync(PortalProcess portal, string policy, string name, string program, string file)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = Path.Combine(Repository.Root, "e2e", "Outside", "ledger"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var origin = portal.Origin.GetLeftPart(UriPartial.Authority);
        foreach (var argument in (string[])[file, origin, name, Key(name), Persona, policy])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var (said, complained) = (
            process.StandardOutput.ReadToEndAsync(Stop),
            process.StandardError.ReadToEndAsync(Stop)
        );
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{file}: {await complained}");
        RequireDone(await said, file);
    }

    private static void RequireDone(string said, string file)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["recorded", "repeated", "verified"], lines.Select(line => line.Split(' ')[0]));
        Assert.True(lines[0].Split(' ')[1].Trim() == lines[1].Split(' ')[1].Trim(), file);
    }
}
