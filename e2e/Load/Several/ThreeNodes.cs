using System.Globalization;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Load.Ledger;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Several;

/// <summary>
/// The ledger on three nodes, fifty at once: each waits until its record is on a second machine's disk and three of four witnesses have
/// cosigned, and has the receipt. The engine runs in this process, databases and witnesses as processes; all on the same cores.
/// </summary>
public sealed class ThreeNodes : IMeasurement
{
    private const int WarmUp = 25_000;
    private const int Measured = 30_000;
    private const int Quorum = 3;
    private const int Followers = 2;

    public string Name => "three-nodes";

    public TimeSpan Limit => TimeSpan.FromMinutes(20);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        await using var nodes = await NodesUnderLoad.StartAsync(bench, withPortal: false);
        var settings = new LedgerSettings { Policy = await File.ReadAllTextAsync(nodes.Witnesses.Policy, bench.Stop) };
        await using var engine = await Engine.StartAsync(
            nodes.Databases.Connection,
            bench.Workspace.NewFolder("nodes-engine"),
            settings,
            bench.Stop,
            nodes.Witnesses.Keys
        );
        var writers = new Writers(engine);
        Bench.Say("Warming up …");
        await writers.SignedAsync(WarmUp, bench.Stop);
        await writers.UnsignedAsync(WarmUp, bench.Stop);
        await writers.BusinessAsync(WarmUp, bench.Stop);
        var signed = OneNode.Tell("signed by callers", await writers.SignedAsync(Measured, bench.Stop));
        var unsigned = OneNode.Tell("unsigned", await writers.UnsignedAsync(Measured, bench.Stop));
        var business = OneNode.Tell("business write and record", await writers.BusinessAsync(Measured, bench.Stop));
        await DemandReceiptAsync(engine, bench.Stop);
        var inserts = await ReplicatedInserts.PerSecondAsync(
            nodes.Databases.ConnectionTo(nodes.Databases["node1"]),
            Writers.AtOnce,
            Followers,
            bench.Stop
        );
        var syncs = Fsyncs.PerSecond(bench.Workspace.NewFolder("fsync"));
        return
        [
            .. LedgerFigures.Of(
                "three nodes, writes gathered: records with their cosigned receipt, caller-signed",
                signed,
                2_500,
                5_000,
                Beside(signed)
            ),
            .. LedgerFigures.Of("three nodes, writes gathered: unsigned", unsigned, 2_500, 5_000, Beside(unsigned)),
            .. LedgerFigures.Of("three nodes: business write and its record", business, 1_000, 2_000, Beside(business)),
            LedgerFigures.AnswerTime("three nodes: answer time of a caller-signed record", signed, 100, 1_000),
            LedgerFigures.AnswerTime("three nodes: answer time of a business write", business, 100, 1_000),
        ];

        string Beside(CrowdResult result) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"single-row inserts by as many, as durable, {inserts:#,0}/s ({result.PerSecond / inserts:0.00} ×); fsyncs {syncs:#,0}/s ({result.PerSecond / syncs:0.00} ×)"
            );
    }

    /// <summary>What was timed is what is promised: the newest record's receipt stands, by the policy alone, on three witnesses.</summary>
    private static async Task DemandReceiptAsync(Engine engine, CancellationToken token)
    {
        var log = engine.Log;
        var receipt = await engine.Get<LedgerReceipts>().ForIndexAsync(log, log.Proven!.Checkpoint.Size - 1, token);
        var proof = LogProof.Parse(receipt!.Proof.ToBytes());
        proof.Verify(log.Policy, receipt.Entry);
        var cosigners = log.Policy.Cosigners(proof.Checkpoint).Count;
        if (cosigners < Quorum)
            throw new LoadException($"Only {cosigners} witnesses have cosigned.");
    }
}
