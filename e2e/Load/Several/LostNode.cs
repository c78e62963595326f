using System.Diagnostics;
using System.Globalization;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Several;

/// <summary>
/// The database that takes the writes is killed while other systems record, and the runbook's command is run at once: nobody thinks it over,
/// so the gap is the machine's part of it.
/// </summary>
public sealed class LostNode : IMeasurement
{
    private const int Callers = 16;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(20);

    public string Name => "lost-node";

    public TimeSpan Limit => TimeSpan.FromMinutes(20);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        await using var nodes = await NodesUnderLoad.StartAsync(bench);
        await using var callers = nodes.Call(Callers);
        await Task.Delay(Before, bench.Stop);
        var began = Stopwatch.GetTimestamp();
        await nodes.Databases["node1"].KillAsync();
        await nodes.PromoteAsync(bench.Stop);
        var promoted = Stopwatch.GetElapsedTime(began);
        await callers.MoreAsync(Callers, After);
        await Task.Delay(After, bench.Stop);
        await callers.StopAsync();
        var reckoning = await nodes.ReckonAsync(callers, bench.Stop);
        return
        [
            new()
            {
                Name =
                    "the primary's database killed, promotion by the runbook: the longest time without an acknowledged record",
                Target = "max < 8 s",
                Unit = "s",
                Samples = new Samples([callers.LongestGap.TotalSeconds]),
                Met = callers.LongestGap < TimeSpan.FromSeconds(8),
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the command alone {promoted.TotalSeconds:0.0} s; {callers.Acknowledged.Count:#,0} records acknowledged by {Callers} callers"
                ),
            },
            Figures.None("the same: lost", reckoning.Lost),
            Figures.None("the same: forged", reckoning.Forged + reckoning.Findings.Count),
        ];
    }
}
