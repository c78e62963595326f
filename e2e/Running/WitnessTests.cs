using System.Net;
using System.Text;
using MyData.Core.Ledger;
using MyData.E2E.Support;
using MyData.Tests.Ledger;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.Witness;

namespace MyData.E2E.Running;

/// <summary>
/// Witnesses as processes, killed -9 again and again at moments that nobody chose: what they cosigned is in their copies, and there is one
/// log only (ledger.md, "Faults").
/// </summary>
public sealed class WitnessTests
{
    private const int Kills = 25;
    private const int Most = 400_000;

    [Fact]
    public async Task Witness_KilledUnderLoad_KeepsWhatItCosigned()
    {
        var settings = new Dictionary<string, string>
        {
            ["Witness:Name"] = "witness.example/w",
            ["Witness:Logs:0:Key"] = LogHouse.Log.Verifier.ToString(),
        };
        await using var witness = await PortalProcess.StartAsync(settings, WitnessHost.Command);
        using var http = new HttpClient();
        var log = new GrowingLog();
        var random = new Random(20261122);
        var (known, cosigned, forks) = (0L, new List<Checkpoint>(), 0);
        for (var kill = 0; kill <= Kills; kill++)
        {
            // The kill comes while requests run: after some of them, anywhere between two answers.
            var after = random.Next(5, 120);
            var killed = Task.CompletedTask;
            for (var request = 0; ; request++)
            {
                if (request == after && kill < Kills)
                    killed = Task.Run(witness.KillAsync);
                if (request == after && kill == Kills)
                    break;
                try
                {
                    Assert.True(log.Size < Most);
                    var size = Math.Max(known, Math.Min(known + random.Next(1, 40), log.Size));
                    if (size == known)
                        size = log.Grow(random.Next(1, 40)).Size;
                    var add = await log.AddAsync(known, size);
                    var body = AddEntries.Write(add, log.Bundle(known, size));
                    using var content = new ByteArrayContent(body);
                    using var answer = await http.PostAsync(new Uri(witness.Origin, WitnessUrls.AddEntries), content);
                    var said = await answer.Content.ReadAsByteArrayAsync();
                    if (answer.StatusCode == HttpStatusCode.Conflict)
                    {
                        known = AddCheckpoint.ParseSize(said);
                        Assert.True(known >= (cosigned.LastOrDefault()?.Size ?? 0), $"{known} after a kill.");
                        continue;
                    }
                    Assert.True(answer.IsSuccessStatusCode, Encoding.ASCII.GetString(said));
                    known = size;
                    cosigned.Add(await log.AtAsync(size));
                    forks += NoteSignature.ParseLines(said).Count == 1 ? 0 : 1;
                }
                catch (Exception cut) when (cut is HttpRequestException or IOException)
                {
                    break;
                }
            }
            await killed;
            if (kill < Kills)
                await witness.StartAsync();
        }
        Assert.Equal(0, forks);
        Assert.True(cosigned.Count > 10 * Kills, $"{cosigned.Count} checkpoints only.");
        var site = new LogSite(http, new Uri(witness.Origin, "/" + LogHouse.Origin));
        var policy = WitnessPolicy.Parse((await site.ReadAsync(ILogReader.Policy, default))!);
        var report = await LogAudit.RunAsync(site, policy, cosigned, records: true, null, default);
        Assert.Empty(report.Findings);
        Assert.Equal(known, report.Verified);
    }

    [Fact]
    public async Task Portal_WithWitnessesKilledInTurn_LosesNothingAndLetsNothingOutUnseen()
    {
        await using var four = await WitnessProcesses.StartAsync();
        var witnesses = four.All;
        await using var portal = await PortalProcess.StartAsync(
            new Dictionary<string, string> { ["MyData:Ledger:Policy"] = four.Policy, ["MyData:Keys"] = four.Keys }
        );
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        for (var round = 0; round < 8; round++)
        {
            var victim = witnesses[round % witnesses.Count];
            var download = await Download.AskAsync(citizen, "API.7QovE2Gev6");
            var killed = victim.KillAsync();
            await download.DecideAsync();
            await killed;
            await download.ReadyAsync();
            Assert.Single(await download.StatesAsync());
            using var data = await download.OpenAsync(Assert.Single(await download.WaitingAsync()));
            await download.DoneAsync();
            await victim.StartAsync();
        }
        var records = await portal.CountAsync("events");
        var origin = $"mydata.localhost{LedgerUrls.Of(TimeProvider.System.GetUtcNow().Year)}";
        using var http = new HttpClient();
        foreach (var witness in witnesses)
        {
            var site = new LogSite(http, new Uri(witness.Origin, "/" + origin));
            // The one that came back last has what it missed within a round or two.
            await Eventually.HoldsAsync("all records", async () => await SizeAsync(site) >= records);
            var own = WitnessPolicy.Parse((await site.ReadAsync(ILogReader.Policy, default))!);
            var report = await LogAudit.RunAsync(site, own, [], records: true, null, default);
            Assert.Empty(report.Findings);
        }
        var published = new LogSite(http, new Uri(portal.Origin, LedgerUrls.Of(TimeProvider.System.GetUtcNow().Year)));
        var whole = WitnessPolicy.Parse((await published.ReadAsync(ILogReader.Policy, default))!);
        var last = await LogAudit.RunAsync(published, whole, [], records: true, null, default);
        Assert.Empty(last.Findings);
        Assert.True(last.Verified >= records && last.Outcome!.Cosigners.Count >= 3);
        Assert.Equal(0, await portal.CountAsync("ledger_incidents"));
    }

    private static async Task<long> SizeAsync(LogSite site) =>
        await site.ReadAsync(ILogReader.Checkpoint, default) is { } note
            ? Checkpoint.Parse(SignedNote.Parse(note).Text.Span).Size
            : 0;
}
