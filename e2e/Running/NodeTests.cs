using System.Net;
using System.Text.Json;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.E2E.Support;
using MyData.Load.Nodes;
using MyData.Tests.Support;
using Npgsql;

namespace MyData.E2E.Running;

/// <summary>
/// Three nodes and an outside witness as processes, killed -9 while other systems record without a pause: whatever was acknowledged is in
/// the log, and nothing else is (ledger.md, "Faults").
/// </summary>
public sealed class NodeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Standbys_KilledUnderLoad_OneIsNotMissedAndWithoutBothNothingLeaves()
    {
        await using var nodes = await ThreeNodes.StartAsync();
        var (second, third) = (nodes.Databases["node2"], nodes.Databases["node3"]);
        using var citizen = nodes.Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        await using var callers = nodes.Call();
        await callers.MoreAsync(50, Limit);

        await third.KillAsync();
        await callers.MoreAsync(50, Limit);
        Assert.Empty(callers.Refusals);
        await SeesAsync(citizen, "node3");

        var asked = await Download.AskAsync(citizen, "API.7QovE2Gev6");
        await second.KillAsync();
        await callers.RefusedAsync(503, 8, Limit);
        var before = callers.Acknowledged.Count;
        var page = await citizen.SubmitAsync(citizen.Page, "/download/decide", asked.Answer("agree"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Equal(HttpStatusCode.OK, (await citizen.GetAsync("/datasets")).Status);
        Assert.Equal(before, callers.Acknowledged.Count);

        await second.StartFollowingAsync();
        await callers.MoreAsync(50, Limit);
        Assert.Equal([503], callers.Refusals.Keys);
        await third.StartFollowingAsync();
        await callers.MoreAsync(20, Limit);
        await HoldsAsync(nodes, callers);
        await SeesAsync(citizen, away: null);
    }

    [Fact]
    public async Task PrimaryLostUnderLoad_AnotherTakesOverByTheRunbook()
    {
        await using var nodes = await ThreeNodes.StartAsync();
        var (first, second, third) = (nodes.Databases["node1"], nodes.Databases["node2"], nodes.Databases["node3"]);
        await using var callers = nodes.Call();
        await callers.MoreAsync(20, Limit);
        foreach (var standby in (DatabaseNode[])[second, third])
        {
            await standby.KillAsync();
            await CopyAsync(standby, "data", "older");
            await standby.StartFollowingAsync();
        }
        await callers.MoreAsync(100, Limit);
        Refused("promote.primary_answers", await nodes.PromoteAsync("--yes"));

        // The whole machine: the database that took the writes, the portal, and a witness.
        var old = nodes.Portal;
        await Task.WhenAll(first.KillAsync(), old.KillAsync(), nodes.Witnesses.All[0].KillAsync());
        await third.KillAsync();
        Refused("promote.unheard", await nodes.PromoteAsync("--yes"));

        await second.KillAsync();
        await SwapAsync(second, third);
        Refused("promote.behind", await nodes.PromoteAsync("--yes"));
        await Task.WhenAll(second.KillAsync(), third.KillAsync());
        await SwapAsync(second, third);

        Well(await nodes.PromoteAsync("--yes", "--by", "duty 7"));
        var portal = await nodes.StartPortalAsync(nodes.Databases.Connection);
        await callers.MoreAsync(100, Limit);
        await HoldsAsync(nodes, callers);
        await TellAsync(nodes, ("node1", "duty 7"));

        // What was lost comes back: by itself it does not take writes, and whoever makes it do so gets nothing acknowledged.
        Assert.Equal(78, await first.RunAsync("run"));
        await first.StartAsync(alone: true);
        var (ended, said) = await PortalProcess.RunAsync(nodes.PortalSettings(nodes.Databases.ConnectionTo(first)));
        Assert.True(ended != 0, said);
        await callers.MoreAsync(20, Limit);
        await first.KillAsync();
        await first.MustAsync("rejoin");
        await first.StartFollowingAsync();
        Well(await nodes.PromoteAsync("--check"));
        await callers.MoreAsync(20, Limit);
        await HoldsAsync(nodes, callers);

        // A cluster that an older version made lacks a function; told to reload, the node that takes writes has it.
        await ExecuteAsync(nodes.Databases.Connection, "drop function nodes.promoted(text, text, bigint, text)");
        await second.MustAsync("reload");

        // Once more, the database alone: the portal that runs finds the next one by itself.
        await second.KillAsync();
        var again = await nodes.PromoteAsync("--yes", "--by", "duty 8");
        Well(again);
        Assert.Contains("incidents tell of it: ", again.Output, StringComparison.Ordinal);
        await callers.MoreAsync(20, Limit);
        await HoldsAsync(nodes, callers);
        Assert.False(portal.HasExited);
        // As after a run that was cut while it told, and had.
        var later = await nodes.PromoteAsync("--yes", "--by", "duty 9");
        Well(later);
        Assert.Contains("have told already", later.Output, StringComparison.Ordinal);
        await TellAsync(nodes, ("node2", "duty 8"), ("node1", "duty 7"));
        // Witnesses and nodes are what they were, whichever of them takes the writes: recorded at the first start, and at no other.
        using var visitor = nodes.Portal.Visitor();
        var policy = Assert.Single((await visitor.GetAsync("/ledger")).Texts("[data-policy-changes] li"));
        Assert.Contains("加入節點：node1、node2、node3。", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_AddedAndRemovedUnderLoad_AreWaitedForAndNoMore()
    {
        await using var nodes = await ThreeNodes.StartAsync();
        var databases = nodes.Databases;
        await using var callers = nodes.Call();
        await callers.MoreAsync(20, Limit);
        await databases.AddAsync("node4");
        Refused("promote.nodes_differ", await nodes.PromoteAsync("--check"));
        await KnowOneAnotherAsync(databases);
        Well(await nodes.PromoteAsync("--check"));

        await databases.RemoveAsync(databases["node2"]);
        await databases.RemoveAsync(databases["node3"]);
        await KnowOneAnotherAsync(databases);
        // Two are left: each write is on both.
        await callers.MoreAsync(50, Limit);
        Well(await nodes.PromoteAsync("--check"));
        await databases["node4"].KillAsync();
        await callers.RefusedAsync(503, 4, Limit);
        await databases["node4"].StartFollowingAsync();
        await callers.MoreAsync(20, Limit);
        await HoldsAsync(nodes, callers);
    }

    private static async Task KnowOneAnotherAsync(DatabaseNodes databases)
    {
        foreach (var node in databases.All)
        {
            await node.KnowAsync(databases.All);
            await node.MustAsync("reload");
        }
    }

    private static void Well((int ExitCode, string Output) command) =>
        Assert.True(command.ExitCode == 0, command.Output);

    private static void Refused(string code, (int ExitCode, string Output) command)
    {
        Assert.Equal(1, command.ExitCode);
        Assert.Contains(code, command.Output, StringComparison.Ordinal);
    }

    /// <summary>Which node's database does not follow: the proxy, programs and people are told the same.</summary>
    private static async Task SeesAsync(CitizenDriver visitor, string? away)
    {
        await Eventually.HoldsAsync(
            $"{away ?? "nobody"} is away",
            async () => (await visitor.GetAsync("/health")).Text == (away is null ? "ok" : $"ok\naway: {away}")
        );
        var nodes = JsonDocument.Parse((await visitor.GetAsync("/ledger/v1/nodes")).Text).RootElement;
        Assert.Equal(
            ["writes", away == "node2" ? "away" : "follows", away == "node3" ? "away" : "follows"],
            nodes.GetProperty("databases").EnumerateArray().Select(one => one.GetProperty("state").GetString())
        );
        var metrics = (await visitor.GetAsync("/ledger/v1/metrics")).Text;
        Assert.Contains(
            $"mydata_database_node_up{{node=\"node3\"}} {(away == "node3" ? 0 : 1)}\n",
            metrics,
            StringComparison.Ordinal
        );
        var page = await visitor.GetAsync("/ledger");
        Assert.Equal(away is null ? [] : [away], page.Texts(".databases > p").Select(text => text.Split(' ')[0]));
    }

    /// <summary>
    /// Each promotion is one incident, newest first, which says who took over from whom, at which size and by whom: for programs, in the viewer,
    /// and as an alarm, which is a record. Nothing else has happened that is one: no row was seen to be gone,
    /// no file to be another.
    /// </summary>
    private static async Task TellAsync(ThreeNodes nodes, params (string From, string By)[] promotions)
    {
        using var http = new HttpClient { BaseAddress = nodes.Portal.Origin };
        var all = JsonDocument.Parse(await http.GetStringAsync("/ledger/v1/incidents", Stop)).RootElement;
        var incidents = all.GetProperty("incidents").EnumerateArray().ToList();
        Assert.DoesNotContain(incidents, one => one.GetProperty("code").GetString() == LedgerIncidents.Recovered);
        Assert.DoesNotContain(
            incidents,
            one => one.TryGetProperty("place", out var place) && place.GetString() is ("ledger_entries" or "checkpoint")
        );
        var told = incidents
            .Where(one => one.GetProperty("code").GetString() == LedgerIncidents.Promoted)
            .Select(one => (From: one.GetProperty("from").GetString()!, Told: one.GetProperty("message").GetString()!))
            .Select(one => (one.From, ToldPromotion.Parse(one.Told)!.By!));
        Assert.Equal(promotions, told);
        var page = await http.GetStringAsync("/ledger", Stop);
        Assert.Equal(promotions.Length, page.Split($"data-incident=\"{LedgerIncidents.Promoted}\"").Length - 1);
        Assert.All(promotions, one => Assert.Contains(one.By, page, StringComparison.Ordinal));
        await Eventually.HoldsAsync(
            "each is an alarm",
            async () =>
                JsonDocument
                    .Parse(await http.GetStringAsync("/ledger/v1/records?api=alarm.raised&reason=watch.incident", Stop))
                    .RootElement.GetProperty("records")
                    .GetArrayLength() >= promotions.Length
        );
    }

    /// <summary>Lost 0, forged 0: by the published files of the portal, and by each witness's own copy.</summary>
    private static async Task HoldsAsync(ThreeNodes nodes, SteadyCallers callers)
    {
        using var http = new HttpClient();
        var reckoning = await Reckoning.OfAsync(callers, new LogSite(http, nodes.Log), Stop);
        Assert.Empty(reckoning.Findings);
        Assert.Equal((0, 0), (reckoning.Lost, reckoning.Forged));
        Assert.True(reckoning.Held > 0 && reckoning.Size >= reckoning.Held);
    }

    private static async Task SwapAsync(params DatabaseNode[] standbys)
    {
        foreach (var standby in standbys)
        {
            Directory.Move(Path.Combine(standby.Folder, "data"), Path.Combine(standby.Folder, "aside"));
            Directory.Move(Path.Combine(standby.Folder, "older"), Path.Combine(standby.Folder, "data"));
            Directory.Move(Path.Combine(standby.Folder, "aside"), Path.Combine(standby.Folder, "older"));
            await standby.StartAsync();
        }
    }

    private static async Task ExecuteAsync(string connection, string statement)
    {
        await using var database = new NpgsqlConnection(connection);
        await database.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(statement, database);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static async Task CopyAsync(DatabaseNode node, string from, string to)
    {
        using var copy = System.Diagnostics.Process.Start(
            "cp",
            ["-a", Path.Combine(node.Folder, from), Path.Combine(node.Folder, to)]
        );
        await copy.WaitForExitAsync(Stop);
        Assert.Equal(0, copy.ExitCode);
    }
}
