using System.Text.RegularExpressions;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Ledger;
using MyData.Tests.Support;
using NpgsqlTypes;

namespace MyData.Tests.Operations;

/// <summary>
/// What each check of a promotion refuses (ledger.md, "Shape"); the same against real databases, witnesses and kills is
/// <c>e2e/Running/NodeTests</c>.
/// </summary>
public sealed partial class PromotionCheckTests
{
    private const string Log = "mydata.example/ledger/2026";

    private static readonly NodeState Lost = new() { Name = "node1", Silence = "no answer" };

    private static readonly PromotionView Good = new()
    {
        Nodes = [Lost, Standby("node2", 200), Standby("node3", 100)],
        Word = new OperatorsWord(null, Behind: false),
        Policy = Policy(),
        Witnesses =
        [
            Witness("w1", "no answer", 0),
            Witness("w2", null, 7),
            Witness("w3", null, 9),
            Witness("w4", null, 9),
        ],
    };

    [Fact]
    public void LostNodeAndAllElseWell_TheFurtherIsChosen()
    {
        Assert.Empty(Refused(Good));
        Assert.Equal("node2", Good.Chosen!.Name);
    }

    [Fact]
    public void PrimaryThatAnswers_IsRefusedUnlessTheOperatorFencedIt()
    {
        var answers = Good with { Nodes = [Standby("node1", 200) with { IsPrimary = true }, .. Good.Nodes.Skip(1)] };
        Assert.Equal(["promote.primary_answers"], Refused(answers));
        Assert.Empty(Refused(answers with { Word = new OperatorsWord("node1", Behind: false) }));
    }

    [Fact]
    public void StalePrimaryBesideAPromotion_IsTheOneToStop()
    {
        var stale = Good with
        {
            Nodes = [Standby("node1", 900) with { IsPrimary = true, Timeline = 1 }, .. Good.Nodes.Skip(1)],
        };
        Assert.Equal(["promote.primary_answers"], Refused(stale));
        Assert.Contains("let it rejoin", PromotionChecks.Run(stale)[0].Found, StringComparison.Ordinal);
    }

    [Fact]
    public void StandbyThatStillReceives_MeansThatSomebodyTakesWrites() =>
        Assert.Equal(
            ["promote.primary_answers"],
            Refused(Good with { Nodes = [Lost, Standby("node2", 200) with { IsReceiving = true }, Good.Nodes[2]] })
        );

    [Fact]
    public void OneStandbyNotHeard_NobodyIsPromoted()
    {
        var silent = new NodeState { Name = "node3", Silence = "no answer" };
        Assert.Equal(["promote.unheard"], Refused(Good with { Nodes = [Lost, Good.Nodes[1], silent] }));
    }

    [Theory]
    [InlineData("ANY 1 (\"node1\")")]
    [InlineData("ANY 1 (\"node1\",\"node2\",\"node4\")")]
    [InlineData("")]
    public void NodesFileOfOtherNodesThanTheyWaitFor_IsRefused(string synchronous) =>
        Assert.Equal(
            ["promote.nodes_differ"],
            Refused(
                Good with
                {
                    Nodes = [Lost, Good.Nodes[1], Standby("node3", 100) with { Synchronous = synchronous }],
                }
            )
        );

    [Fact]
    public void CopiesOfDifferentDatabasesOrTimelines_AreRefused()
    {
        var other = Good.Nodes[2] with { System = 2 };
        var behind = Good.Nodes[2] with { Timeline = 1 };
        Assert.Equal(["promote.other_database"], Refused(Good with { Nodes = [Lost, Good.Nodes[1], other] }));
        Assert.Equal(["promote.other_database"], Refused(Good with { Nodes = [Lost, Good.Nodes[1], behind] }));
    }

    [Fact]
    public void FurtherOneThatDoesNotShowAllItHas_IsRefusedOnceNothingNewCanCome()
    {
        var behind = Good with { Nodes = [Lost, Good.Nodes[1] with { IsReplayed = false }, Good.Nodes[2]] };
        Assert.Empty(Refused(behind));
        Assert.Equal(["promote.replay"], Refused(behind with { IsCut = true }));
        var paused = Good with { Nodes = [Lost, Good.Nodes[1] with { IsPaused = true }, Good.Nodes[2]] };
        Assert.Equal(["promote.replay"], Refused(paused));
    }

    [Fact]
    public void DatabaseWithoutALedger_IsRefused()
    {
        var empty = Good.Nodes[1] with { Logs = new Dictionary<string, HeldSize>() };
        Assert.Equal(
            ["promote.no_ledger"],
            Refused(Good with { Nodes = [Lost, empty, Good.Nodes[2]], Witnesses = [.. Silent(0)] })
        );
    }

    [Fact]
    public void WitnessesNotHeard_RefuseWhenTheyCouldBeAQuorum()
    {
        Assert.Empty(Refused(Good with { Witnesses = [.. Silent(2)] }));
        Assert.Equal(["promote.witnesses"], Refused(Good with { Witnesses = [.. Silent(3)] }));
    }

    [Fact]
    public void BehindAWitness_IsRefusedAndSaysByHowMuch()
    {
        var view = Good with { Witnesses = [.. Good.Witnesses.Take(3), Witness("w4", null, 11)] };
        Assert.Equal(["promote.behind"], Refused(view));
        Assert.Empty(Refused(view with { Word = new OperatorsWord(null, Behind: true) }));
        var said = PromotionChecks.Run(view).Single(check => !check.IsGood).Found;
        Assert.Contains($"w4 has cosigned 11 records of {Log}, and node2 has 10", said, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherTreeAtAWitness_IsRefused() =>
        Assert.Equal(["promote.fork"], Refused(Good with { Forks = ["w2 has cosigned another tree of 7 records"] }));

    [Theory]
    [InlineData(true, 1, Telling.Told)]
    [InlineData(false, 1, Telling.Nothing)]
    [InlineData(false, 2, Telling.ToldBefore)]
    public void Told_ByAnEarlierRunThatWasCut_IsSaidSo(bool isNew, long timeline, Telling telling) =>
        Assert.Equal(telling, Promotion.Judge(isNew, Standby("node2", 200) with { Timeline = timeline }));

    [Fact]
    public void ToldPromotion_IsReadAsItWasWritten_WhateverHerName()
    {
        var all = new ToldPromotion
        {
            IsLate = true,
            IsBehind = true,
            Fenced = "node1",
            Log = Log,
            By = "duty 7 fenced=x behind",
        };
        Assert.Equal($"told=late behind fenced=node1 log={Log} by=duty 7 fenced=x behind", all.ToString());
        ToldPromotion[] told = [new(), all, new() { By = "told=late" }, all with { Fenced = null, By = null }];
        Assert.All(told, one => Assert.Equal(one, ToldPromotion.Parse(one.ToString())));
        Assert.Null(ToldPromotion.Parse("node2 takes the writes over from node1, at 9 records of x; by an operator."));
    }

    [Theory]
    [InlineData("Username=r", false)]
    [InlineData("Username=r;SSL Mode=Require", false)]
    [InlineData("Username=r;SSL Mode=VerifyCA", false)]
    [InlineData("Username=r;SSL Mode=VerifyFull", true)]
    public void NodesFile_WithNodesElsewhere_NeedsVerifiedTls(string connection, bool taken)
    {
        var folder = Directory.CreateTempSubdirectory("mydata-nodes-").FullName;
        var file = Path.Combine(folder, "nodes.json");
        File.WriteAllText(Path.Combine(folder, "policy"), "quorum none\n");
        File.WriteAllText(
            file,
            $$"""{"nodes":[{"name":"node1","host":"127.0.0.1"},{"name":"node2","host":"10.0.0.12"}],"operator":"{{connection}}","policy":"policy"}"""
        );
        var refused = Record.Exception(() => NodesFile.Read(file));
        Directory.Delete(folder, recursive: true);
        Assert.Equal(taken ? null : "promote.file", (refused as PromotionException)?.Code);
    }

    [Theory]
    [InlineData(
        "host=10.0.0.11 port=5432 user=r passfile='/a b/c' application_name=node2",
        "host=10.0.0.12 port=6000 user=r passfile='/a b/c' application_name=node2"
    )]
    [InlineData("hostaddr = 10.0.0.11  user = r", "host=10.0.0.12 port=6000 user=r")]
    [InlineData("", "host=10.0.0.12 port=6000")]
    public void WhomAStandbyFollows_IsPointedElsewhereAndKeepsTheRest(string before, string after) =>
        Assert.Equal(after, FollowText.At(before, "10.0.0.12", 6000));

    [Fact]
    public void Readme_EveryCode_StandsInTheTableAndTheOtherWayRound()
    {
        var thrown = Codes(
            Repository
                .Files("MyData.Core/Recording/Promotion", ".cs")
                .Concat(Repository.Files("MyData.Web/Features/Operations", ".cs")),
            Quoted()
        );
        Assert.Equal(
            thrown,
            Codes([Path.Combine(Repository.Root, "MyData.Web/Features/Operations/README.md")], Listed())
        );
    }

    private static IReadOnlyList<string> Codes(IEnumerable<string> files, Regex form) =>
        [
            .. files
                .SelectMany(file => form.Matches(File.ReadAllText(file)))
                .Select(match => match.Groups[1].Value)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    private static IEnumerable<string> Refused(PromotionView view) =>
        PromotionChecks.Run(view).Where(check => !check.IsGood).Select(check => check.Code);

    private static NodeState Standby(string name, ulong received) =>
        new()
        {
            Name = name,
            System = 1,
            Timeline = 2,
            Received = new NpgsqlLogSequenceNumber(received),
            Replayed = new NpgsqlLogSequenceNumber(received),
            IsReplayed = true,
            Synchronous =
                $"ANY 1 ({string.Join(',', new[] { "node1", "node2", "node3" }.Where(n => n != name).Select(n => $"\"{n}\""))})",
            Logs = new Dictionary<string, HeldSize> { [Log] = new("", 10) },
        };

    private static WitnessState Witness(string name, string? silence, long size) =>
        new(
            name,
            silence,
            size == 0 ? [] : new Dictionary<string, Checkpoint> { [Log] = new(Log, size, Merkle.EmptyRoot) }
        );

    private static IEnumerable<WitnessState> Silent(int count) =>
        Enumerable.Range(1, 4).Select(n => Witness($"w{n}", n <= count ? "no answer" : null, 0));

    private static WitnessPolicy Policy()
    {
        var witnesses = Enumerable
            .Range(1, 4)
            .Select(n =>
            {
                using var key = new Ed25519PrivateKey(Ed25519PrivateKey.NewSeed());
                return $"witness w{n} {VerifierKey.Create($"w{n}", SignatureType.Cosignature, key.PublicKey)}\n";
            });
        return WitnessPolicy.Parse(
            System.Text.Encoding.UTF8.GetBytes($"{string.Concat(witnesses)}{FourWitnesses.Quorum}")
        );
    }

    [GeneratedRegex("\"(promote\\.[a-z_]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("`(promote\\.[a-z_]+)`")]
    private static partial Regex Listed();
}
