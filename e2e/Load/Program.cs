using System.Runtime.InteropServices;
using MyData.Load.Circuits;
using MyData.Load.Counters;
using MyData.Load.Flows;
using MyData.Load.Large;
using MyData.Load.Ledger;
using MyData.Load.Pages;
using MyData.Load.Report;
using MyData.Load.Running;
using MyData.Load.Services;
using MyData.Load.Several;
using MyData.Load.Starts;

namespace MyData.Load;

/// <summary>Measures speed and memory of the published portal, and prints one table. See README.md.</summary>
public static class Program
{
    private static readonly IMeasurement[] All =
    [
        new WholeFlows(),
        new LargePackages(),
        new StartTimes(),
        new WaitingPages(),
        new PublicPages(),
        new OneNode(),
        new Growth(),
        new ThreeNodes(),
        new ReceiptCheck(),
        new FiftyUsers(),
        new LostNode(),
        new NumberSearch(),
        new CounterCrowd(),
        new CodeExchange(),
    ];

    /// <returns>0 when every target was reached, 1 when one was missed, 2 when something did not run</returns>
    public static async Task<int> Main(string[] args)
    {
        var wanted = args is [] or ["all"] ? [.. All.Select(m => m.Name)] : args;
        if (wanted.FirstOrDefault(name => All.All(m => m.Name != name)) is { } unknown)
        {
            Console.Error.WriteLine($"'{unknown}' is none of: {string.Join(' ', All.Select(m => m.Name))} all");
            return 2;
        }
        using var stop = new CancellationTokenSource();
        // Told to end, it ends what it started: servers would outlive it.
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var workspace = new Workspace();
        var before = Machine.Load();
        var figures = new List<Figure>();
        var broken = false;
        foreach (var measurement in All.Where(m => wanted.Contains(m.Name)))
        {
            Bench.Say($"== {measurement.Name}");
            broken |= !await TryAsync(measurement, workspace, figures, stop.Token);
        }
        Bench.Say("");
        Bench.Say(FigureTable.Write($"{Machine.Describe()} (at the beginning {before})", figures));
        return broken ? 2
            : figures.Any(figure => figure.Met == false) ? 1
            : 0;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<bool> TryAsync(
        IMeasurement measurement,
        Workspace workspace,
        List<Figure> figures,
        CancellationToken stop
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(measurement.Limit);
        try
        {
            figures.AddRange(await measurement.RunAsync(new Bench(workspace, limit.Token)));
            return true;
        }
        catch (Exception failure)
        {
            var why = limit.IsCancellationRequested ? "stopped: it took too long" : failure.ToString();
            Console.Error.WriteLine($"{measurement.Name}: {why}");
            figures.Add(Figure.Missing(measurement.Name, "", failure.GetType().Name));
            return false;
        }
    }
}
