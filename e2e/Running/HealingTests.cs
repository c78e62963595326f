using Microsoft.Playwright;
using MyData.Core.Ledger;
using MyData.E2E.Journeys;
using MyData.E2E.Support;
using MyData.Load.Nodes;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.Witness;

namespace MyData.E2E.Running;

/// <summary>
/// The portal and four witnesses as processes. A bit is flipped in a tile of the portal and of a witness while they run, and anybody sees in
/// the viewer which record it was in and who healed it; an older copy of the database is put under the portal, and every record comes back.
/// </summary>
public sealed class HealingTests : IAsyncLifetime
{
    private const int Tile0 = 8192;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly List<PortalProcess> _witnesses = [];
    private readonly string _keys = Directory.CreateTempSubdirectory("mydata-e2e-keys-").FullName;
    private PortalProcess _portal = null!;

    public async ValueTask InitializeAsync()
    {
        var (code, output) = await PortalProcess.RunAsync(
            new Dictionary<string, string> { ["MyData:Keys"] = _keys },
            "keys"
        );
        Assert.True(code == 0, output);
        var key = output
            .Split('\n')
            .Single(line => line.StartsWith("log ", StringComparison.Ordinal))["log ".Length..]
            .Trim();
        var policy = Path.Combine(_keys, "policy");
        var lines = "";
        for (var n = 1; n <= 4; n++)
        {
            var witness = await PortalProcess.StartAsync(
                new Dictionary<string, string>
                {
                    ["Witness:Name"] = $"witness.example/{n}",
                    ["Witness:Logs:0:Key"] = key,
                    ["Witness:Logs:0:EveryYear"] = "true",
                    ["Witness:Scrub"] = "00:00:02",
                },
                WitnessHost.Command
            );
            _witnesses.Add(witness);
            using var http = new HttpClient();
            var own = (await http.GetStringAsync(witness.Origin)).Split('\n')[0];
            lines += $"witness node{n} {own} {witness.Origin}\n";
        }
        await File.WriteAllTextAsync(policy, lines + "group enough 3 node1 node2 node3 node4\nquorum enough\n");
        // They know each other only now.
        foreach (var witness in _witnesses)
        {
            await witness.KillAsync();
            witness.Set("Witness:Policy", policy);
            await witness.StartAsync();
        }
        _portal = await PortalProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["MyData:Ledger:Policy"] = policy,
                ["MyData:Keys"] = _keys,
                ["MyData:Ledger:Scrub"] = "00:00:02",
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        foreach (var witness in _witnesses)
            await witness.DisposeAsync();
        Directory.Delete(_keys, recursive: true);
    }

    [Fact]
    public async Task BitsFlipped_InThePortalAndAWitness_AreNamedInTheViewer()
    {
        var year = TimeProvider.System.GetUtcNow().Year;
        await FillAsync();
        var copy = Directory.GetDirectories(Path.Combine(_witnesses[1].Folder, "witness", "logs")).Single();
        Flip(Path.Combine(_portal.Folder, "ledger", $"{year}", "tile", "0", "000"), 32 * 12);
        Flip(Path.Combine(copy, "tile", "0", "000"), 32 * 200);
        foreach (var (language, width, colours) in Looks)
            await Journey.RunAsync(
                _portal,
                new Reader
                {
                    Language = language,
                    Width = width,
                    Dark = colours == ColorScheme.Dark,
                },
                async journey =>
                {
                    var own = journey.Page.Locator("[data-incident='ledger.healed']");
                    var theirs = journey.Page.Locator("[data-incident='witness.healed']");
                    await LookAsync(journey, async () => await own.CountAsync() > 0 && await theirs.CountAsync() > 0);
                    await Assertions.Expect(own.First).ToContainTextAsync("tile/0/000");
                    await Assertions.Expect(own.First).ToContainTextAsync(journey.Words<LedgerText>("RecordTitle", 12));
                    await Assertions.Expect(theirs.First).ToContainTextAsync("node2");
                    await Assertions
                        .Expect(theirs.First)
                        .ToContainTextAsync(journey.Words<LedgerText>("RecordTitle", 200));
                    await own.First.Locator("summary").ClickAsync();
                    var saved = await journey.Page.RunAndWaitForDownloadAsync(() =>
                        own.First.Locator("a[download]").First.ClickAsync()
                    );
                    Assert.Equal(Tile0, new FileInfo(await saved.PathAsync()).Length);
                    await journey.AccessibleAsync();
                    if (Environment.GetEnvironmentVariable("MYDATA_PICTURES") is { } folder)
                        await journey.Page.ScreenshotAsync(
                            new PageScreenshotOptions
                            {
                                Path = Path.Combine(folder, $"healing-{language}-{width}.png"),
                                FullPage = true,
                            }
                        );
                }
            );
        Assert.Equal(Tile0, new FileInfo(Path.Combine(copy, "tile", "0", "000")).Length);
        await AuditAsync(year);
    }

    [Fact]
    public async Task OlderDatabase_UnderTheRunningWitnesses_ComesBackWhole()
    {
        var year = TimeProvider.System.GetUtcNow().Year;
        using (var first = _portal.Visitor())
            await first.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        await _portal.KillAsync();
        var backup = await File.ReadAllBytesAsync(_portal.Database);
        var log = await File.ReadAllBytesAsync(_portal.Database + "-wal");
        await _portal.StartAsync();
        using (var second = _portal.Visitor())
            await second.SignInFirstTimeAsync(SandboxSteps.Persona("chen"));
        var before = await SizeAsync(year);
        await _portal.KillAsync();
        File.Delete(_portal.Database + "-shm");
        await File.WriteAllBytesAsync(_portal.Database, backup);
        await File.WriteAllBytesAsync(_portal.Database + "-wal", log);

        var settings = new Dictionary<string, string>
        {
            ["MyData:Database"] = $"Data Source={_portal.Database}",
            ["MyData:Keys"] = _keys,
            ["MyData:Ledger:Policy"] = Path.Combine(_keys, "policy"),
        };
        var (looked, says) = await PortalProcess.RunAsync(settings, "ledger", "recover", "look");
        Assert.True(looked == 0 && says.Contains("all of them are with", StringComparison.Ordinal), says);
        // Killed in the middle, it ends in the same.
        var starting = _portal.StartAsync();
        await _portal.KillAsync();
        await Record.ExceptionAsync(() => starting);
        await _portal.StartAsync();
        using (var again = _portal.Visitor())
            await again.ProveByProviderAsync(SandboxSteps.Persona("lin"));
        Assert.True(await SizeAsync(year) > before);
        Assert.True(await _portal.CountAsync("ledger_incidents") >= 1);
        await AuditAsync(year);
    }

    private static IEnumerable<(string Language, int Width, ColorScheme Colours)> Looks =>
        [("zh-TW", 1200, ColorScheme.Light), ("en", 360, ColorScheme.Dark)];

    /// <summary>More than a full tile of records, in all copies.</summary>
    private async Task FillAsync()
    {
        await using (var callers = new SteadyCallers(() => _portal.Origin, PortalProcess.SandboxKeys, atOnce: 8))
            await callers.MoreAsync(300, Longest);
        var year = TimeProvider.System.GetUtcNow().Year;
        var tile = Path.Combine(_portal.Folder, "ledger", $"{year}", "tile", "0", "000");
        await Eventually.HoldsAsync(
            "tiles of all",
            () =>
                Task.FromResult(
                    File.Exists(tile)
                        && _witnesses.All(one =>
                            Directory.GetFiles(one.Folder, "000", SearchOption.AllDirectories).Length >= 2
                        )
                )
        );
    }

    private async Task<long> SizeAsync(int year)
    {
        using var http = new HttpClient();
        var note = await http.GetByteArrayAsync(new Uri(_portal.Origin, $"{LedgerUrls.Of(year)}/checkpoint"));
        return Checkpoint.Parse(SignedNote.Parse(note).Text.Span).Size;
    }

    private async Task AuditAsync(int year)
    {
        var prefix = new Uri(_portal.Origin, LedgerUrls.Of(year));
        Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, prefix.AbsoluteUri]));
    }

    private static async Task LookAsync(Journey journey, Func<Task<bool>> until)
    {
        var start = TimeProvider.System.GetTimestamp();
        do
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Longest, "The viewer does not name it.");
            await journey.OpenAsync(LedgerUrls.Viewer);
        } while (!await until());
    }

    private static void Flip(string file, int at)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Position = at;
        var value = stream.ReadByte();
        stream.Position = at;
        stream.WriteByte((byte)(value ^ 1));
    }
}
