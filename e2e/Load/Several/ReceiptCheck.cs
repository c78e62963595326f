using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Several;

/// <summary>
/// A citizen's browser checks one receipt of hers: Chromium, on the page <c>/verify</c> as it is published, with the modules of that page and of
/// <c>/history</c>. The record's bytes and members, the log's signature, the cosignatures of three of four witnesses, the path to the root, and
/// her tag.
/// </summary>
public sealed class ReceiptCheck : IMeasurement
{
    private const int Pages = 20;
    private const int Warm = 200;
    private const double Floor = 50;
    private static readonly TimeSpan ProofLimit = TimeSpan.FromSeconds(10);

    // Times the check and nothing else: bytes and key are there. What it must refuse is tried after the last.
    private const string Check = """
        async ([file, secret, log, year, times]) => {
          const [{ verifySaved }, { personTag }, { decodeBase64, encode }] = await Promise.all(
            ["/js/ledger/saved.js", "/js/ledger/tag.js", "/js/base64url.js"].map((module) => import(module)));
          const { policies } = JSON.parse(document.getElementById("verify-data").textContent);
          const [bytes, key] = [decodeBase64(file), decodeBase64(secret)];
          const { sub } = (await verifySaved(bytes.slice(), policies)).record;
          let counter = 0;
          while (!sub.includes(encode(await personTag(key, log, year, counter)))) if (++counter > 256) throw new Error("not hers");
          const check = async (bytes) => {
            const { record, judged } = await verifySaved(bytes, policies);
            if (!record.sub.includes(encode(await personTag(key, log, year, counter)))) throw new Error("not hers");
            return judged.cosigners.length;
          };
          const taken = [];
          let cosigners = 0;
          for (let n = 0; n < times; n++) {
            const start = performance.now();
            cosigners = await check(bytes);
            taken.push(performance.now() - start);
          }
          const bent = bytes.slice();
          bent[Math.floor(bent.length / 2)] ^= 1;
          const refused = await check(bent).then(() => "accepted", (error) => error.code ?? String(error));
          return JSON.stringify({ taken, cosigners, refused });
        }
        """;

    public string Name => "receipt";

    public TimeSpan Limit => TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        await using var witnesses = await FourWitnesses.StartAsync(bench);
        var plan = (await bench.PortalAsync("receipt")).With(
            ("MyData:Keys", witnesses.Keys),
            ("MyData:Ledger:Policy", witnesses.Policy)
        );
        await using var portal = await Server.StartAsync(plan, bench.Stop);
        var hers = await HersAsync(portal.Origin, bench.Stop);
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = BrowserInstall.Find(), Args = ["--no-sandbox", "--disable-gpu"] }
        );
        var first = new Samples();
        for (var n = 0; n < Pages; n++)
            first.Add((await CheckAsync(chromium, portal.Origin, hers, times: 1)).Single());
        var warm = new Samples((await CheckAsync(chromium, portal.Origin, hers, Warm + 1)).Skip(1));
        return
        [
            Of("a browser checks one receipt: signatures of the log and of three witnesses or more, path, tag", warm),
            Of("the same, the first one on a page that was just opened", first),
        ];
    }

    private static Figure Of(string name, Samples samples) =>
        new()
        {
            Name = name,
            Target = "p95 ≤ 50 ms (aim 20 ms)",
            Unit = "ms",
            Samples = samples,
            Met = samples.P95 <= Floor,
            Yardstick = string.Create(CultureInfo.InvariantCulture, $"p50 {samples.Median:0.0}"),
        };

    /// <returns>milliseconds of each check, on a page of its own</returns>
    private static async Task<IReadOnlyList<double>> CheckAsync(IBrowser chromium, Uri origin, Hers hers, int times)
    {
        await using var context = await chromium.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(origin, "/verify").ToString());
        var said = await page.EvaluateAsync<string>(
            Check,
            new object[] { hers.Receipt, hers.Key, hers.Origin, hers.Year, times }
        );
        var answer = JsonDocument.Parse(said).RootElement;
        var refused = answer.GetProperty("refused").GetString()!;
        if (refused == "accepted" || !refused.Contains('.', StringComparison.Ordinal))
            throw new LoadException($"A bent receipt: {refused}.");
        if (answer.GetProperty("cosigners").GetInt32() < 3)
            throw new LoadException("Fewer than three witnesses have cosigned.");
        return [.. answer.GetProperty("taken").EnumerateArray().Select(one => one.GetDouble())];
    }

    /// <summary>A person signs in, and the receipt of a line of hers is saved as she would save it.</summary>
    private static async Task<Hers> HersAsync(Uri origin, CancellationToken token)
    {
        using var client = Network.Client(0);
        var person = (await Person.ListAsync(client, origin, token))[0];
        var browser = new Browser(client, origin);
        await SignIn.FirstTimeAsync(browser, person, token);
        var block = JsonDocument.Parse((await browser.GetAsync("/history", token)).At("/history").Block("ledger-data"));
        var log = block.RootElement.GetProperty("logs").EnumerateArray().Last();
        var own = await browser.GetAsync(block.RootElement.GetProperty("url").GetString()!, token);
        var her = JsonDocument.Parse(own.Text).RootElement;
        var index = her.GetProperty("lines").EnumerateArray().Last().GetProperty("index").GetInt64();
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"{log.GetProperty("url").GetString()}/records/{index}/receipt"
        );
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(ProofLimit);
        var receipt = await browser.GetAsync(path, limit.Token);
        // Its checkpoint may not have its cosignatures yet.
        while (receipt.Status != HttpStatusCode.OK)
            receipt = await browser.GetAsync(path, limit.Token);
        return new Hers(
            Convert.ToBase64String(receipt.Body),
            her.GetProperty("key").GetString()!,
            log.GetProperty("origin").GetString()!,
            log.GetProperty("year").GetInt32()
        );
    }

    private sealed record Hers(string Receipt, string Key, string Origin, int Year);
}
