using AngleSharp.Dom;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;

namespace MyData.E2E.Running;

/// <summary>The script that a person runs to look at three nodes, and what it tells her to do (issue 3, "Done means").</summary>
public sealed class ThreeNodesTests
{
    private static readonly string[] Names = ["node1", "node2", "node3", "outside"];

    [Fact]
    public async Task Script_ShowsAllNodes_NamesTheOneThatIsKilled_AndSeesItHeal_AndLeavesNothing()
    {
        await using var nodes = await ScriptedNodes.StartAsync();
        using var person = new CitizenDriver(nodes.Origin, "en");
        await Eventually.HoldsAsync("all are well", async () => await BadAsync(person) is []);
        foreach (var node in Names[..3])
            Assert.True(nodes.Runs($"{node}/database.pid"), node);

        var kill = nodes
            .Told("kill one", "database.pid")
            .Replace("database.pid", "witness.pid", StringComparison.Ordinal);
        Assert.Contains("or witness.pid", nodes.Words(), StringComparison.Ordinal);
        await ScriptedNodes.TypeAsync(kill);
        Assert.False(nodes.Runs("node2/witness.pid"));
        await Eventually.HoldsAsync("it is named", async () => await BadAsync(person) is ["node2"]);

        await ScriptedNodes.TypeAsync(nodes.Told("bring it back", "witness"));
        await Eventually.HoldsAsync("it has healed", async () => await BadAsync(person) is []);
        Assert.True(nodes.Runs("node2/witness.pid"));
        var prefix = new Uri(nodes.Origin, LedgerUrls.Of(TimeProvider.System.GetUtcNow().Year));
        Assert.Equal(0, await AuditCommand.RunAsync([AuditCommand.Name, prefix.AbsoluteUri]));
        await nodes.StopAsync();
    }

    /// <summary>The witnesses that the viewer says are not well; it has a card for each of the four, and for the portal.</summary>
    private static async Task<List<string>> BadAsync(CitizenDriver person)
    {
        var page = await person.GetAsync(LedgerUrls.Viewer);
        var cards = page.Html.QuerySelectorAll(".node").Where(card => Names.Contains(Name(card))).ToList();
        Assert.Equal(Names, cards.Select(Name));
        return [.. cards.Where(card => card.QuerySelector(".badge-good") is null).Select(Name)];
    }

    private static string Name(IElement card) => card.QuerySelector("p")!.TextContent.Trim();
}
