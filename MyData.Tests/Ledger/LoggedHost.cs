using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>The platform's own log on a real database and real files, and what a test asks of it while it runs.</summary>
internal static class LoggedHost
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static OpenLog Log(this CoreHost host) => host.Get<OpenLogs>().Current!;

    public static OpenLog Log(this CoreHost host, int year) => host.Get<OpenLogs>().Find(year)!;

    public static WitnessPolicy Policy(this CoreHost host) =>
        WitnessPolicy.Parse(LogHouse.Bytes($"log {host.Log().Signer.Verifier}\nquorum none\n"));

    /// <summary>What the audit says of the log as strangers read it.</summary>
    public static Task<AuditReport> AuditAsync(this CoreHost host, params IReadOnlyCollection<Checkpoint> earlier) =>
        LogAudit.RunAsync(
            new LedgerReading(host.Log(), host.Get<IDbContextFactory<MyDataDb>>()),
            host.Policy(),
            earlier,
            records: true,
            progress: null,
            Stop
        );

    /// <summary>
    /// The whole log in the middle of a test, and as strangers read it: besides what <see cref="WholeLog"/> sees at the end of every test,
    /// the audit from index 0 finds nothing, the log begins with every tree that it ever had, and each record has a receipt that verifies.
    /// </summary>
    public static async Task CheckAsync(this CoreHost host)
    {
        Assert.Empty(await WholeLog.FindAsync(host.ConnectionString, host.LedgerFolder));
        var log = host.Log();
        var entries = (await host.AllAsync<LedgerEntryRow>()).Where(e => e.Log == log.Id).ToList();
        var checkpoints = (await host.AllAsync<LedgerCheckpointRow>()).Where(c => c.Log == log.Id);
        var report = await host.AuditAsync([.. checkpoints.Select(c => new Checkpoint(log.Origin, c.Size, c.Root))]);
        Assert.Empty(report.Findings);
        Assert.Equal(entries.Count, report.Verified);
        foreach (var entry in entries)
        {
            var receipt = await host.Get<LedgerReceipts>().ForIndexAsync(log, entry.Index!.Value, Stop);
            LogProof.Parse(receipt!.Proof.ToBytes()).Verify(host.Policy(), receipt.Entry);
        }
    }
}
