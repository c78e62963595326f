using System.Globalization;
using MyData.Load.Browsing;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Pages;

/// <summary>What the public pages weigh as published, with all that they load, and what Lighthouse says of them.</summary>
public sealed class PublicPages : IMeasurement
{
    private const double MostKilobytes = 250;
    private const double LeastPerformance = 90;
    private const double FullAccessibility = 100;
    private const int Audits = 3;

    private static readonly (string Name, string Path)[] Weighed =
    [
        ("home", "/"),
        ("catalogue", "/datasets"),
        ("data set", "/datasets/API.7QovE2Gev6"),
        ("how it works", "/how-it-works"),
        ("sign-in", "/signin"),
        ("sign-in by documents", "/signin/documents"),
        ("verify", "/verify"),
        ("help", "/help"),
        ("privacy", "/privacy"),
        ("terms", "/terms"),
    ];

    private static readonly string[] Audited = ["home", "catalogue", "data set", "how it works", "sign-in"];

    public string Name => "pages";

    public TimeSpan Limit => TimeSpan.FromMinutes(20);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        await using var portal = await Server.StartAsync(await bench.PortalAsync("pages"), bench.Stop);
        using var client = Network.Client(0);
        var figures = new List<Figure>();
        foreach (var (name, path) in Weighed)
            figures.Add(await WeighAsync(client, portal.Origin, name, path, bench.Stop));
        var (lighthouse, why) = await Lighthouse.InstallAsync(bench.Workspace, bench.Stop);
        foreach (var (name, path) in Weighed.Where(page => Audited.Contains(page.Name)))
        {
            if (lighthouse is null)
                figures.Add(Figure.Missing($"Lighthouse, {name}", "performance ≥ 90, accessibility 100", why));
            else
                figures.AddRange(await AuditAsync(lighthouse, new Uri(portal.Origin, path), name, bench.Stop));
        }
        return figures;
    }

    private static async Task<Figure> WeighAsync(
        HttpClient client,
        Uri portal,
        string name,
        string path,
        CancellationToken token
    )
    {
        var target = $"≤ {MostKilobytes} KB";
        try
        {
            var loaded = await PageWeight.OfAsync(client, portal, path, token);
            var kilobytes = loaded.Values.Sum() / 1000.0;
            var heaviest = loaded.MaxBy(file => file.Value);
            return new Figure
            {
                Name = $"{name}: all that it loads",
                Target = target,
                Unit = "KB",
                Samples = new Samples([kilobytes]),
                Met = kilobytes <= MostKilobytes,
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{loaded.Count} files, the heaviest `{heaviest.Key.AbsolutePath}` {heaviest.Value / 1000.0:0.0} KB"
                ),
            };
        }
        catch (LoadException missing)
        {
            return Figure.Missing($"{name}: all that it loads", target, missing.Message) with { Met = false };
        }
    }

    private static async Task<IReadOnlyList<Figure>> AuditAsync(
        Lighthouse lighthouse,
        Uri page,
        string name,
        CancellationToken token
    )
    {
        var (performance, accessibility, lost) = (new Samples(), new Samples(), "");
        for (var audit = 0; audit < Audits; audit++)
        {
            var (fast, accessible, points) = await lighthouse.AuditAsync(page, token);
            performance.Add(fast);
            accessibility.Add(accessible);
            lost = points;
        }
        return
        [
            new Figure
            {
                Name = $"Lighthouse performance, {name}",
                Target = $"median ≥ {LeastPerformance}",
                Unit = "of 100",
                Samples = performance,
                Met = performance.Median >= LeastPerformance,
                Yardstick = lost.Length > 0 ? $"points lost in {lost}" : "",
            },
            new Figure
            {
                Name = $"Lighthouse accessibility, {name}",
                Target = $"{FullAccessibility}",
                Unit = "of 100",
                Samples = accessibility,
                Met = accessibility.Min >= FullAccessibility,
            },
        ];
    }
}
