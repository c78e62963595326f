using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.LedgerApi;

namespace MyData.Tests.Ledger;

/// <summary>A node joins or leaves by a recorded policy change (ledger.md, "Shape"): once for each, whatever the start was cut by.</summary>
public sealed class PolicyHistoryTests
{
    private static readonly string One = $"witness w1 {Key(0)}\nwitness w2 {Key(1)}\nquorum none\n";
    private static readonly string Other = $"witness w2 {Key(2)}\nwitness w3 {Key(3)}\nquorum none\n";

    [Fact]
    public async Task Start_WithAnotherPolicyThanRecordedLast_RecordsIt_Once()
    {
        var policy = "quorum none\n";
        await using var host = Host(() => policy);
        await History(host).RecordAsync(Stop);
        Assert.Empty(await RecordsAsync(host));
        Assert.Empty(History(host).Changes);

        policy = One;
        await host.RestartAsync();
        await Task.WhenAll(History(host).RecordAsync(Stop), History(host).RecordAsync(Stop));
        var first = Assert.Single(await RecordsAsync(host));
        Assert.Equal(("mydata", "mydata", "ok", 0), (first.Via, first.From, first.Result, first.Persons));

        policy = $"# the same, in other words\n\n{One.Replace("witness w1", "witness   w1", StringComparison.Ordinal)}";
        await host.RestartAsync();
        await History(host).RecordAsync(Stop);
        Assert.Single(await RecordsAsync(host));

        foreach (var next in new[] { Other, One })
        {
            policy = next;
            await host.RestartAsync();
            await History(host).RecordAsync(Stop);
        }
        var records = await RecordsAsync(host);
        var changes = History(host).Changes;
        Assert.Equal(3, records.Count);
        Assert.Equal(
            records.Select(one => Convert.ToHexStringLower(one.SealDigest!)),
            changes.Reverse().Select(one => one.Version.Digest)
        );
        Assert.Equal(changes[0].Version.Digest, changes[2].Version.Digest);
        Assert.Equal(["w3"], changes[1].Joined);
        Assert.Equal(["w1"], changes[1].Left);
        Assert.Equal(["w2"], changes[1].Rekeyed);
        var text = History(host).Find(changes[1].Version.Digest)!;
        Assert.Equal(Other, text);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(LogHouse.Bytes(text))), changes[1].Version.Digest);
        Assert.Null(History(host).Find("x"));
    }

    [Fact]
    public async Task Start_CutAtEveryMoment_RecordsItOnceInTheEnd()
    {
        var folder = Directory.CreateTempSubdirectory("mydata-core-").FullName;
        var cuts = new List<string>();
        await using var host = new CoreHost(
            services =>
            {
                Put(services, One);
                Camera.Put(services, () => cuts.Add(PowerCut.Copy(folder)));
            },
            folder,
            Engine.Sqlite
        );
        cuts.ForEach(cut => Directory.Delete(cut, recursive: true));
        cuts.Clear();
        await History(host).RecordAsync(Stop);
        Assert.True(cuts.Count >= 3, $"{cuts.Count} moments.");
        var had = 0;
        foreach (var cut in cuts)
        {
            await using var after = new CoreHost(services => Put(services, One), cut, Engine.Sqlite);
            had += (await RecordsAsync(after)).Count;
            await History(after).RecordAsync(Stop);
            Assert.Single(await RecordsAsync(after));
            Assert.Single(History(after).Changes);
        }
        Assert.InRange(had, 1, cuts.Count - 1);
    }

    [Fact]
    public void Change_NamesNodesAndQuorum()
    {
        var enough = WitnessPolicy.Parse(
            LogHouse.Bytes($"witness w1 {Key(0)}\nwitness w2 {Key(1)}\ngroup enough any w1 w2\nquorum enough\n")
        );
        var before = new PolicyVersion(default, PolicyVersion.TextOf(enough, ["node1", "node2"]));
        Assert.StartsWith("# nodes node1 node2\nwitness w1 ", before.Text, StringComparison.Ordinal);
        var one = WitnessPolicy.Parse(LogHouse.Bytes($"witness w1 {Key(0)} https://elsewhere.example\nquorum w1\n"));
        var change = PolicyChange.Between(
            before,
            new PolicyVersion(default, PolicyVersion.TextOf(one, ["node1", "node3"]))
        );
        Assert.Equal(["node3"], change.NodesJoined);
        Assert.Equal(["node2"], change.NodesLeft);
        Assert.Equal(["w2"], change.Left);
        Assert.Empty(change.Joined.Concat(change.Rekeyed));
        Assert.Equal((new PolicyQuorum(1, 2), new PolicyQuorum(1, 1)), (change.From, change.To));
        Assert.DoesNotContain("elsewhere", change.Version.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zh-TW", "加入見證：w1、w2。", "見證規則或節點變更")]
    [InlineData("en", "Witnesses added: w1, w2.", "Witnesses or nodes changed")]
    public async Task Change_StandsInTheViewerAndInTheRecords_AndItsTextIsServedByDigest(
        string language,
        string words,
        string operation
    )
    {
        var keys = Directory.CreateTempSubdirectory("mydata-keys-").FullName;
        var file = Path.Combine(keys, "policy");
        // Nobody listens there, and nobody has to.
        await File.WriteAllTextAsync(
            file,
            $"witness w1 {Key(0)} http://localhost:1\nwitness w2 {Key(1)} http://localhost:1\nquorum none\n",
            Stop
        );
        await using var portal = Portal.Start(new() { Settings = [("MyData:Ledger:Policy", file)] });
        using var stranger = portal.Visitor(language);
        var page = await portal.EventuallyAsync(
            "the viewer lists it",
            async () =>
                await stranger.GetAsync(LedgerUrls.Viewer) is var seen
                && seen.Html.QuerySelector("[data-policy-changes]") is not null
                    ? seen
                    : null
        );
        Assert.Contains(words, Assert.Single(page.Texts("[data-policy-changes] li")), StringComparison.Ordinal);
        var address = page.Single("[data-policy-changes] li a").GetAttribute("href")!;
        using var http = new HttpClient { BaseAddress = portal.Origin };
        var text = await http.GetByteArrayAsync(address, Stop);
        Assert.EndsWith(Convert.ToHexStringLower(SHA256.HashData(text)), address, StringComparison.Ordinal);
        Assert.Equal(["w1", "w2"], WitnessPolicy.Parse(text).Witnesses.Select(one => one.Name));
        Assert.DoesNotContain("localhost", LogHouse.Text(text), StringComparison.Ordinal);
        using var none = await http.GetAsync(ApiUrls.PolicyOf(new string('0', 64)), Stop);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        var records = await stranger.GetAsync(
            $"{LedgerUrls.Records(TimeProvider.System.GetUtcNow().Year)}?op={EventKinds.PolicyChanged}"
        );
        Assert.Contains(operation, Assert.Single(records.Texts("tbody tr")), StringComparison.Ordinal);
        Directory.Delete(keys, recursive: true);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Key(int number) => $"{LogHouse.Witnesses[number].Verifier}";

    private static CoreHost Host(Func<string> policy) => new(services => Put(services, policy()));

    private static void Put(IServiceCollection services, string policy) =>
        services.Replace(ServiceDescriptor.Singleton(new LedgerSettings { Policy = policy }));

    private static PolicyHistory History(CoreHost host) => host.Get<PolicyHistory>();

    private static async Task<IReadOnlyList<LedgerRecord>> RecordsAsync(CoreHost host) =>
        [
            .. (await host.AllAsync<LedgerEntryRow>())
                .OrderBy(row => row.Index)
                .Select(row => LedgerRecord.Parse(row.Bytes))
                .Where(record => record.Operation == EventKinds.PolicyChanged),
        ];
}
