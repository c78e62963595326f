using System.Globalization;
using MyData.Core.Recording;
using MyData.Load.Flows;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Ledger;

/// <summary>
/// The ledger on one machine, fifty at once, nothing witnessed: how many records a second become durable, signed and provable. Writers and
/// ledger share the cores. With SQLite, or an empty PostgreSQL database that <c>MYDATA_LOAD_DATABASE</c> names.
/// </summary>
public sealed class OneNode : IMeasurement
{
    private const int WarmUp = 10_000;
    private const int Measured = 40_000;

    public string Name => "ledger";

    public TimeSpan Limit => TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        var folder = bench.Workspace.NewFolder("ledger");
        var database =
            Environment.GetEnvironmentVariable("MYDATA_LOAD_DATABASE")
            ?? $"Data Source={Path.Combine(folder, "mydata.db")}";
        await using var engine = await Engine.StartAsync(database, folder, new LedgerSettings(), bench.Stop);
        var writers = new Writers(engine);
        Bench.Say("Warming up …");
        await writers.SignedAsync(WarmUp, bench.Stop);
        await writers.UnsignedAsync(WarmUp, bench.Stop);
        await writers.BusinessAsync(WarmUp, bench.Stop);
        var signed = Tell("signed by callers", await writers.SignedAsync(Measured, bench.Stop));
        var unsigned = Tell("unsigned", await writers.UnsignedAsync(Measured, bench.Stop));
        var business = Tell("business write and record", await writers.BusinessAsync(Measured, bench.Stop));
        var inserts = DurableInserts.PerSecond(bench.Workspace.NewFolder("yardstick"));
        var syncs = Fsyncs.PerSecond(bench.Workspace.NewFolder("fsync"));
        return
        [
            .. LedgerFigures.Of(
                "one node: records with proof, caller-signed, one tag",
                signed,
                4_000,
                8_000,
                Beside(signed)
            ),
            .. LedgerFigures.Of("one node: records with proof, unsigned", unsigned, 8_000, 15_000, Beside(unsigned)),
            .. LedgerFigures.Of("one node: business write and its record", business, 700, 1_500, Beside(business)),
        ];

        string Beside(CrowdResult result) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"single-row inserts, as durable, {inserts:#,0}/s ({result.PerSecond / inserts:0.00} ×); fsyncs {syncs:#,0}/s ({result.PerSecond / syncs:0.00} ×)"
            );
    }

    internal static CrowdResult Tell(string what, CrowdResult result)
    {
        Bench.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {result.PerSecond:#,0}/s, p99 {1000 * result.Seconds.Percentile(0.99):0.0} ms"
            )
        );
        return result;
    }
}
