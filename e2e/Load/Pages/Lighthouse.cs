using System.Text.Json;
using MyData.Load.Running;

namespace MyData.Load.Pages;

/// <summary>Google's page audit, installed by npm into a folder of this run.</summary>
public sealed class Lighthouse
{
    private const string Version = "13.5.0";
    private const string Browser = "chromium";

    private const string Flags =
        "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        + "--disable-component-update --disable-sync";

    private readonly string _folder;
    private readonly string _chromium;

    private Lighthouse(string folder, string chromium)
    {
        _folder = folder;
        _chromium = chromium;
    }

    /// <summary>Null, and why, where it cannot be had on this machine.</summary>
    public static async Task<(Lighthouse? Tool, string Why)> InstallAsync(Workspace workspace, CancellationToken token)
    {
        if (Commands.Find("npm") is null)
            return (null, "npm is not installed here");
        if (Commands.Find(Browser) is not { } chromium)
            return (null, "chromium is not installed here");
        var folder = workspace.NewFolder("lighthouse");
        Running.Bench.Say("Installing Lighthouse …");
        var (code, output) = await Commands.RunAsync(
            folder,
            ["npm", "install", "--no-fund", "--no-audit", "--ignore-scripts", $"lighthouse@{Version}"],
            token
        );
        return code == 0
            ? (new Lighthouse(folder, chromium), "")
            : (null, $"npm could not install it: {output.Split('\n').LastOrDefault(line => line.Length > 0)}");
    }

    /// <summary>One audit: performance and accessibility, each from 0 to 100, and the audits that lost points.</summary>
    public async Task<(double Performance, double Accessibility, string Lost)> AuditAsync(
        Uri page,
        CancellationToken token
    )
    {
        var report = Path.Combine(_folder, "report.json");
        var (code, output) = await Commands.RunAsync(
            _folder,
            [
                Path.Combine(_folder, "node_modules", ".bin", "lighthouse"),
                page.ToString(),
                "--quiet",
                "--no-enable-error-reporting",
                "--only-categories=performance,accessibility",
                "--output=json",
                $"--output-path={report}",
                $"--chrome-flags={Flags}",
            ],
            token,
            ("CHROME_PATH", _chromium)
        );
        if (code != 0)
            throw new InvalidOperationException($"Lighthouse failed on {page}:\n{output}");
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(report, token));
        var categories = json.RootElement.GetProperty("categories");
        return (Score(categories, "performance"), Score(categories, "accessibility"), Lost(json.RootElement));
    }

    private static double Score(JsonElement categories, string name) =>
        100 * categories.GetProperty(name).GetProperty("score").GetDouble();

    private static string Lost(JsonElement report) =>
        string.Join(
            ", ",
            report
                .GetProperty("audits")
                .EnumerateObject()
                .Where(audit =>
                    audit.Value.GetProperty("score") is { ValueKind: JsonValueKind.Number } score
                    && score.GetDouble() < 0.9
                    && audit.Value.GetProperty("scoreDisplayMode").GetString() is "binary" or "numeric"
                )
                .Select(audit => audit.Name)
        );
}
