using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Load.Flows;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Ledger;

/// <summary>Whether the ledger stays as fast as it grows: an empty one and one of ten million records and a million citizens, in one run.</summary>
public sealed class Growth : IMeasurement
{
    private const long Records = 10_000_000;
    private const int WarmUp = 10_000;
    private const int Measured = 30_000;
    private const int Rounds = 3;
    private const double Mebibyte = 1024 * 1024;

    public string Name => "growth";

    public TimeSpan Limit => TimeSpan.FromMinutes(40);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        var small = await RatesAsync(bench, Place(bench, "empty"));
        var place = Place(bench, "grown");
        Bench.Say($"Growing a log of {Records:#,0} records …");
        var began = Stopwatch.GetTimestamp();
        await GrowAsync(bench, place);
        Bench.Say($"  grown in {Stopwatch.GetElapsedTime(began).TotalMinutes:0.0} min");

        GC.Collect();
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        began = Stopwatch.GetTimestamp();
        TimeSpan opened;
        double held;
        await using (await Engine.StartAsync(place.Database, place.Folder, new LedgerSettings(), bench.Stop))
        {
            opened = Stopwatch.GetElapsedTime(began);
            held = (GC.GetTotalMemory(forceFullCollection: true) - memory) / Mebibyte;
        }
        var grown = await RatesAsync(bench, place);
        var audit = await AuditAsync(place, bench.Stop);
        return
        [
            Flat("signed by callers, one tag", small.Signed, grown.Signed),
            Flat("unsigned", small.Unsigned, grown.Unsigned),
            Flat("business write and record", small.Business, grown.Business),
            new()
            {
                Name = "start of the ledger at 10 million records, migrations looked at",
                Target = "≤ 1 s (aim 0.5)",
                Unit = "s",
                Samples = new Samples([opened.TotalSeconds]),
                Met = opened.TotalSeconds <= 1,
                Yardstick = string.Create(CultureInfo.InvariantCulture, $"{held:0} MB held after it"),
            },
            audit,
        ];
    }

    private static (string Database, string Folder) Place(Bench bench, string name)
    {
        var folder = bench.Workspace.NewFolder(name);
        return ($"Data Source={Path.Combine(folder, "mydata.db")}", folder);
    }

    private static async Task<Rates> RatesAsync(Bench bench, (string Database, string Folder) place)
    {
        await using var engine = await Engine.StartAsync(
            place.Database,
            place.Folder,
            new LedgerSettings(),
            bench.Stop
        );
        var writers = new Writers(engine);
        await writers.SignedAsync(WarmUp, bench.Stop);
        await writers.UnsignedAsync(WarmUp, bench.Stop);
        await writers.BusinessAsync(WarmUp, bench.Stop);
        var (signed, unsigned, business) = (new List<CrowdResult>(), new List<CrowdResult>(), new List<CrowdResult>());
        for (var round = 0; round < Rounds; round++)
        {
            signed.Add(OneNode.Tell("signed by callers", await writers.SignedAsync(Measured, bench.Stop)));
            unsigned.Add(OneNode.Tell("unsigned", await writers.UnsignedAsync(Measured, bench.Stop)));
            business.Add(OneNode.Tell("business write and record", await writers.BusinessAsync(Measured, bench.Stop)));
        }
        return new Rates(CrowdResult.Of(signed), CrowdResult.Of(unsigned), CrowdResult.Of(business));
    }

    private static async Task GrowAsync(Bench bench, (string Database, string Folder) place)
    {
        OpenLogName log;
        // Its first start makes the database, the keys and the year's log; nothing stands in it yet.
        await using (
            var engine = await Engine.StartAsync(place.Database, place.Folder, new LedgerSettings(), bench.Stop)
        )
            log = new OpenLogName(engine.Log.Id, engine.Log.Year);
        var files = Path.Combine(place.Folder, "ledger", log.Year.ToString(CultureInfo.InvariantCulture));
        GrownLog.Fill(place.Database, files, log, Records, bench.Stop);
        // Years would have gone by: gigabytes that the system has yet to bring to the disk would be waited for by the first who are measured.
        using var sync = Process.Start("sync");
        await sync.WaitForExitAsync(bench.Stop);
    }

    private static async Task<Figure> AuditAsync((string Database, string Folder) place, CancellationToken token)
    {
        await using var engine = await Engine.StartAsync(place.Database, place.Folder, new LedgerSettings(), token);
        await engine.Get<TileKeeper>().StoreAsync(token);
        var log = engine.Log;
        var policy = WitnessPolicy.Parse(Encoding.UTF8.GetBytes($"log {log.Signer.Verifier}\nquorum none\n"));
        using var own = Process.GetCurrentProcess();
        var before = own.TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();
        var report = await LogAudit.RunAsync(
            new PublishedFiles(log, engine.Get<IDbContextFactory<MyDataDb>>()),
            policy,
            [],
            records: true,
            progress: null,
            token
        );
        var took = Stopwatch.GetElapsedTime(began);
        own.Refresh();
        var perCore = report.Verified / (own.TotalProcessorTime - before).TotalSeconds;
        if (!report.IsGood)
            throw new InvalidOperationException($"The audit found {report.Count}: {report.Findings[0]}");
        return new Figure
        {
            Name = "whole-log audit of it, every record, for each second of processor time",
            Target = "≥ 400,000 (aim 800,000)",
            Unit = "1/s",
            Samples = new Samples([perCore]),
            Met = perCore >= 400_000,
            Yardstick = string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Verified:#,0} records in {took.TotalSeconds:0.0} s"
            ),
        };
    }

    private static Figure Flat(string name, CrowdResult small, CrowdResult grown)
    {
        var change = 100 * (grown.PerSecond / small.PerSecond - 1);
        return new Figure
        {
            Name = $"as it grows to 10 million: {name}",
            Target = "≥ −10 % (aim 0)",
            Unit = "%",
            Samples = new Samples([change]),
            Met = change >= -10,
            Yardstick = string.Create(
                CultureInfo.InvariantCulture,
                $"{small.PerSecond:#,0}/s empty, {grown.PerSecond:#,0}/s grown"
            ),
        };
    }

    private sealed record Rates(CrowdResult Signed, CrowdResult Unsigned, CrowdResult Business);

    /// <summary>Full bundles and tiles from the folder, what is not full from rows and memory: as strangers are answered.</summary>
    private sealed class PublishedFiles(OpenLog log, IDbContextFactory<MyDataDb> databases) : ILogReader
    {
        private readonly LedgerReading _rows = new(log, databases);

        public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct) =>
            (path == ILogReader.Checkpoint ? null : await log.Files.ReadAsync(path, ct))
            ?? await _rows.ReadAsync(path, ct);
    }
}
