using Bunit;
using MyData.Core.Recording;
using MyData.Tests.Ui;
using MyData.Web.Features.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>Which nodes' databases follow; the same with real ones that are killed is <c>e2e/Running/NodeTests</c>.</summary>
public sealed class NodeDatabaseTests
{
    private const string Waits = "ANY 1 (\"node1\",\"node3\")";

    [Fact]
    public void Nodes_AreThoseThatTheWriterWaitsFor_AndItself()
    {
        Assert.Equal(
            [
                new("node1", NodeDatabaseState.Away),
                new("node2", NodeDatabaseState.Writes),
                new NodeDatabase("node3", NodeDatabaseState.Follows),
            ],
            NodeDatabases.Of("node2", Waits, ["copy", "node3", "stranger"])
        );
        Assert.Equal(
            [NodeDatabaseState.Unknown, NodeDatabaseState.Writes, NodeDatabaseState.Unknown],
            NodeDatabases.Of("node2", Waits, null).Select(one => one.State)
        );
        Assert.Empty(NodeDatabases.Of("", Waits, []));
        Assert.Empty(NodeDatabases.Of("node2", "", []));
    }

    [Theory]
    [InlineData("zh-TW", "1 個沒有跟上", "node1 沒有跟上：")]
    [InlineData("en", "1 away", "node1 does not follow: ")]
    public void Card_NamesTheOneThatIsAway(string language, string badge, string sentence)
    {
        using var context = new UiContext(language);
        var card = context.Render<DatabaseCard>(with =>
            with.Add(one => one.Databases, NodeDatabases.Of("node2", Waits, ["node3"]))
        );
        Assert.Equal(badge, card.Find(".badge-bad").TextContent);
        Assert.StartsWith(sentence, card.Find("p").TextContent, StringComparison.Ordinal);
        var whole = context.Render<DatabaseCard>(with =>
            with.Add(one => one.Databases, NodeDatabases.Of("node2", Waits, ["node1", "node3"]))
        );
        Assert.Empty(whole.FindAll("p, .badge-bad"));
    }
}
