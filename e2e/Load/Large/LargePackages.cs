using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Large;

/// <summary>
/// A native package of 20 MB: its way through the platform against a direct fetch from the agency, which builds it anew
/// each time; and fifty on their way at once, by what they add to the portal's own memory.
/// </summary>
public sealed class LargePackages : IMeasurement
{
    private const string DataSet = "API.KvvyRZSc5K";
    private const string Endpoint = "/sandbox/agencies/dla/land";
    private const int WarmUp = 6;
    private const int Rounds = 15;
    private const int AtOnce = 50;
    private const double MostRatio = 1.5;
    private const double MostGrowth = 300;
    private const long Least = 20_000_000;

    public string Name => "large";

    public TimeSpan Limit => TimeSpan.FromMinutes(15);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        await using var servers = await Apart.StartAsync(bench, "large");
        using var client = Network.Client(0);
        var people = await Person.ListAsync(client, servers.Sandbox.Origin, bench.Stop);
        await using var standIn = await StandInPlatform.StartAsync(people[0], bench.Stop);
        await using var agency = await Server.StartAsync(
            await bench.SandboxAsync("large-direct", standIn.Origin),
            bench.Stop
        );
        return
        [
            .. await CompareAsync(servers, agency, standIn, people[0], bench.Stop),
            await AtOnceAsync(servers, people, bench.Stop),
        ];
    }

    private static async Task<IReadOnlyList<Figure>> CompareAsync(
        Apart servers,
        Server agency,
        StandInPlatform standIn,
        Person person,
        CancellationToken token
    )
    {
        using var client = Network.Client(0);
        var browser = new Browser(client, servers.Portal.Origin);
        await SignIn.FirstTimeAsync(browser, person, token);
        var packages = await Packages.TrustingAsync(browser, token);
        var fields = await FieldsAsync(browser, token);
        var (through, direct) = (new Samples(), new Samples());
        for (var round = -WarmUp; round < Rounds; round++)
        {
            var alone = await DirectAsync(client, new Uri(agency.Origin, Endpoint), standIn, fields, token);
            var platform = await ThroughAsync(browser, packages, person, token);
            if (round < 0)
                continue;
            direct.Add(alone);
            through.Add(platform);
        }
        var ratio = through.Median / direct.Median;
        return
        [
            new Figure
            {
                Name = "20 MB directly from the agency",
                Target = "—",
                Unit = "s",
                Samples = direct,
                Yardstick = string.Create(CultureInfo.InvariantCulture, $"median {direct.Median:0.00} s"),
            },
            new Figure
            {
                Name = "20 MB through the platform, from “agree” to the last byte",
                Target = $"≤ {MostRatio} × direct",
                Unit = "s",
                Samples = through,
                Met = ratio <= MostRatio,
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"median {through.Median:0.00} s: **{ratio:0.00}** × the direct median"
                ),
            },
        ];
    }

    private static async Task<double> DirectAsync(
        HttpClient client,
        Uri endpoint,
        StandInPlatform standIn,
        IReadOnlyList<string> fields,
        CancellationToken token
    )
    {
        var key = new BrowserKey();
        using var request = standIn.Ask(endpoint, DataSet, fields, key);
        var began = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
        var body = await response.Content.ReadAsByteArrayAsync(token);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (!response.IsSuccessStatusCode || SealedPackage.Open(body, key.Key).Zip.Length < Least)
            throw new LoadException($"The agency answered {(int)response.StatusCode}, {body.Length} bytes.");
        return seconds;
    }

    private static async Task<double> ThroughAsync(
        Browser browser,
        Packages packages,
        Person person,
        CancellationToken token
    )
    {
        var asked = await Consent.AskAsync(browser, $"ds={DataSet}", token);
        var began = Stopwatch.GetTimestamp();
        var consent = await Consent.AgreeAsync(browser, asked, token);
        await Packages.WaitAsync(browser, consent, 1, token, alone: true);
        var (page, _, waiting) = await Packages.ListAsync(browser, consent, token);
        var body = await Packages.FetchAsync(browser, consent, waiting[0], token);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        packages.Verify(body, consent, waiting[0], person.Id);
        await browser.SubmitAsync(page, "data-done", token);
        return seconds;
    }

    private static async Task<Figure> AtOnceAsync(Apart servers, IReadOnlyList<Person> people, CancellationToken token)
    {
        var browsers = new List<Browser>();
        for (var number = 0; number < AtOnce; number++)
        {
            var browser = new Browser(Network.Client(number), servers.Portal.Origin);
            await SignIn.FirstTimeAsync(browser, people[number % people.Count], token);
            browsers.Add(browser);
        }
        var before = await servers.Portal.SettledMemoryAsync(token);
        ProcessMemory.ResetPeak(servers.Portal.Id);
        Bench.Say($"{AtOnce} packages at once …");
        var result = await Crowd.RunAsync(AtOnce, AtOnce, (i, stop) => StreamAsync(browsers[i], stop), token);
        var megabytes = (ProcessMemory.Peak(servers.Portal.Id) - before) / 1e6;
        if (result.Lost.Count > 0)
            throw new LoadException(
                $"{result.Lost.Count} of {AtOnce} lost: {result.Lost.First()}\n{servers.Portal.Tail}"
            );
        return new Figure
        {
            Name = $"{AtOnce} × 20 MB at once: growth of the portal's memory at its peak",
            Target = $"< {MostGrowth} MB",
            Unit = "MB",
            Samples = new Samples([megabytes]),
            Met = megabytes < MostGrowth,
            Yardstick = string.Create(
                CultureInfo.InvariantCulture,
                $"resident {before / 1e6:0} MB before; all there after {result.Took.TotalSeconds:0} s"
            ),
        };
    }

    /// <summary>The whole way, without ever holding the package here: its shape is checked as it streams by.</summary>
    private static async Task StreamAsync(Browser browser, CancellationToken token)
    {
        var consent = await Consent.GiveAsync(browser, $"ds={DataSet}", token);
        await Packages.WaitAsync(browser, consent, 1, token);
        var (page, _, waiting) = await Packages.ListAsync(browser, consent, token);
        await using (var body = await Packages.StreamAsync(browser, consent, waiting[0], token))
        {
            var arrival = await SealedPackageReader.ReadAsync(
                body,
                long.MaxValue,
                (_, _) => ValueTask.CompletedTask,
                (_, _) => ValueTask.CompletedTask,
                token
            );
            if (arrival.CipherTextLength < Least)
                throw new LoadException($"Only {arrival.CipherTextLength} characters came.");
        }
        await browser.SubmitAsync(page, "data-done", token);
    }

    /// <summary>Every field of the data set, as the consent names them.</summary>
    private static async Task<IReadOnlyList<string>> FieldsAsync(Browser browser, CancellationToken token)
    {
        var path = $"/datasets/{DataSet}/schema.json";
        var answer = (await browser.GetAsync(path, token)).At(path);
        using var schema = JsonDocument.Parse(answer.Body);
        return [.. schema.RootElement.GetProperty("properties").EnumerateObject().Select(property => property.Name)];
    }
}
