using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Starts;

/// <summary>
/// From the start of the process to the first 200 on <c>/</c>: with empty folders (database, keys and the sandbox's keys are
/// made), and again with what the first start left.
/// </summary>
public sealed class StartTimes : IMeasurement
{
    private const int FirstStarts = 5;
    private const int LaterStarts = 10;
    private const double FirstLimit = 8;
    private const double LaterLimit = 3;

    public string Name => "start";

    public TimeSpan Limit => TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        var (first, later) = (new Samples(), new Samples());
        for (var run = 0; run < FirstStarts; run++)
        {
            var plan = await bench.PortalAsync("start");
            plan = plan.With(("MyData:Sandbox:Keys", Path.Combine(plan.Folder, "sandbox-keys")));
            await using var server = Server.Plan(plan);
            first.Add((await server.StartAsync(bench.Stop)).TotalSeconds);
            for (var again = 0; again < LaterStarts / FirstStarts; again++)
            {
                await server.StopAsync();
                later.Add((await server.StartAsync(bench.Stop)).TotalSeconds);
            }
        }
        return
        [
            Starting("first start to first answer", FirstLimit, first),
            Starting("second and later starts", LaterLimit, later),
        ];
    }

    private static Figure Starting(string name, double limit, Samples samples) =>
        new()
        {
            Name = name,
            Target = $"≤ {limit} s",
            Unit = "s",
            Samples = samples,
            Met = samples.Max <= limit,
        };
}
