using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using MyData.Core.Citizens;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;

namespace MyData.E2E.Outside;

/// <summary>
/// A city's data platform in Node with three offices that call it: each access recorded here before the data leaves, in parallel, over a restart of
/// the portal; no receipt, no data; and whoever lies is found out by those who check.
/// </summary>
public sealed class CityTests : IAsyncLifetime
{
    private static readonly string[] Offices = ["city-welfare", "city-tax", "city-schools"];
    private static readonly string Keys = Path.GetDirectoryName(LedgerExampleTests.Key("x"))!;
    private PortalProcess _portal = null!;
    private Process _platform = null!;
    private string _url = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Policy => Path.Combine(_portal.Folder, "policy");

    private string Origin => _portal.Origin.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync()
    {
        _portal = await PortalProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = _portal.Origin };
        await File.WriteAllTextAsync(Policy, await http.GetStringAsync("/ledger/v1/policy", Stop), Stop);
        _platform = OutsideProcess.Start("city", "node", "platform.mjs", Origin, Keys, Policy);
        var line = await _platform.StandardOutput.ReadLineAsync(Stop);
        _url = line is null
            ? throw new InvalidOperationException(await _platform.StandardError.ReadToEndAsync(Stop))
            : line.Split(' ')[^1];
    }

    public async ValueTask DisposeAsync()
    {
        _platform.Kill();
        await _platform.WaitForExitAsync();
        _platform.Dispose();
        await _portal.DisposeAsync();
    }

    [Fact]
    public async Task Offices_InParallel_EveryAccessIsRecordedTwice_AlsoAfterARestart()
    {
        const int Each = 12;
        foreach (var round in new[] { 1, 2 })
        {
            var all = await Task.WhenAll(Offices.Select(office => AskAsync(office, Each, "A299001174,E199002244")));
            Assert.All(
                all.SelectMany(lines => lines),
                line => Assert.True(line["ok"] is not null, line.ToJsonString())
            );
            Assert.Equal(Offices.Length * Each * round, await CountAsync("household.read"));
            Assert.Equal(Offices.Length * Each * round, await CountAsync("household.ask"));
            await _portal.RestartAsync();
        }
        // The whole log, with nothing but the published formats.
        Assert.Equal(
            0,
            await AuditCommand.RunAsync(["audit", $"{Origin}/ledger/{TimeProvider.System.GetUtcNow().Year}"])
        );
        // Both persons have as many tags as there were records about them, though neither has an account.
        Assert.Equal(2, await _portal.CountAsync("ledger_named"));
        Assert.Equal(Offices.Length * Each * 2 * 2, await _portal.NumberAsync("select count(*) from ledger_tags"));
    }

    [Fact]
    public async Task Refusals_AreRecordedToo_AndAQuestionIsAskedOnce()
    {
        var tooMuch = Assert.Single(await AskAsync("city-tax", 1, fields: "name+members"));
        Assert.Equal("ask.not_agreed", (string?)tooMuch["refused"]);
        Assert.Equal(
            1,
            await _portal.NumberAsync(Count("household.read") + " and cast(Bytes as text) like '%\"res\":\"refused\"%'")
        );
        var nobody = Assert.Single(await AskAsync("city-welfare", 1, NationalId.Complete("B24681357").Value));
        Assert.True(nobody["none"] is not null, nobody.ToJsonString());
        // Sent again, the question is known to the log itself: also to a platform that was started anew.
        var twice = await AskAsync("city-schools", 1, replay: true);
        Assert.True(twice[0]["ok"] is not null, twice[0].ToJsonString());
        Assert.Equal("ask.replayed", (string?)twice[1]["refused"]);
    }

    [Fact]
    public async Task PortalDown_NoReceiptNoData_AndItGoesOnByItself()
    {
        Assert.True(Assert.Single(await AskAsync("city-welfare", 1))["ok"] is not null);
        await _portal.KillAsync();
        foreach (var office in Offices)
            Assert.Equal("no_receipt", (string?)Assert.Single(await AskAsync(office, 1))["refused"]);
        await _portal.StartAsync();
        Assert.True(Assert.Single(await AskAsync("city-welfare", 1))["ok"] is not null);
    }

    [Theory]
    [InlineData("silent", "alarm", "no_receipt")]
    [InlineData("late", "alarm", "no_receipt")]
    [InlineData("other-result", "alarm", "other_result")]
    [InlineData("replay", "alarm", "other_request")]
    [InlineData("wrong-key", "refused", "no_receipt")]
    public async Task Platform_ThatMisbehaves_IsFoundOut(string behaviour, string kind, string code)
    {
        Assert.True(Assert.Single(await AskAsync("city-welfare", 1))["ok"] is not null);
        using var http = new HttpClient();
        using var set = await http.PutAsync($"{_url}/misbehave/{behaviour}", content: null, Stop);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        var line = Assert.Single(await AskAsync("city-welfare", 1));
        Assert.True((string?)line[kind] == code, line.ToJsonString());
    }

    private async Task<List<JsonNode>> AskAsync(
        string office,
        int count,
        string persons = LedgerExampleTests.Persona,
        string fields = "",
        bool replay = false
    )
    {
        var lines = await OutsideProcess.RunAsync(
            "city",
            "node",
            "office.mjs",
            office,
            _url,
            Keys,
            Policy,
            $"{count}",
            persons,
            fields,
            replay ? "replay" : ""
        );
        return [.. lines.Select(line => JsonNode.Parse(line)!)];
    }

    private Task<long> CountAsync(string operation) => _portal.NumberAsync(Count(operation));

    private static string Count(string operation) =>
        $"select count(*) from ledger_entries where EventId is null and cast(Bytes as text) like '%\"op\":\"{operation}\"%'";
}
