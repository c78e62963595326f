using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>Who must have witnessed, and what counts.</summary>
public sealed class PolicyTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void Judge_ThreeOfFour_CountsWitnesses(int witnesses, bool enough)
    {
        var note = LogHouse.Signed(5, Merkle.EmptyRoot, witnesses);
        var outcome = LogHouse.Policy.Judge(note, out var checkpoint);
        Assert.Equal(5, checkpoint.Size);
        Assert.Equal(enough, outcome.HasQuorum);
        Assert.Equal(witnesses, outcome.Cosigners.Count);
        Assert.All(outcome.Cosigners, cosigner => Assert.Equal(LogHouse.Now, cosigner.At));
        Assert.Equal(enough ? null : "policy.quorum", Refusal.Of(() => LogHouse.Policy.Require(note)));
    }

    [Fact]
    public void Judge_OneWitnessTwice_CountsOnce()
    {
        var note = LogHouse.Signed(5, Merkle.EmptyRoot, 2);
        var twice = note.With([LogHouse.Witnesses[0].Cosign(note.Text.Span, LogHouse.Now.AddMinutes(1))]);
        var outcome = LogHouse.Policy.Judge(twice, out _);
        Assert.False(outcome.HasQuorum);
        Assert.Equal(LogHouse.Now.AddMinutes(1), outcome.Cosigners[0].At);
    }

    [Fact]
    public void Judge_CosignatureOfAnotherCheckpoint_SpoilsTheNote()
    {
        var other = LogHouse.Signed(6, Merkle.EmptyRoot, 1).Signatures[1];
        var note = LogHouse.Signed(5, Merkle.EmptyRoot, 0).With([other]);
        Assert.Equal("note.signature", Refusal.Of(() => LogHouse.Policy.Judge(note, out _)));
    }

    [Fact]
    public void Judge_NotByALogOfThePolicy_IsRefused()
    {
        var unsigned = new SignedNote(
            new Checkpoint(LogHouse.Origin, 5, Merkle.EmptyRoot).ToText(),
            LogHouse.Signed(5, Merkle.EmptyRoot).Signatures.Skip(1).ToList()
        );
        Assert.Equal("note.unsigned", Refusal.Of(() => LogHouse.Policy.Judge(unsigned, out _)));
        var stranger = new Checkpoint("other.example/log", 5, Merkle.EmptyRoot).Sign(LogHouse.OtherLog);
        Assert.Equal("policy.log_unknown", Refusal.Of(() => LogHouse.Policy.Judge(stranger, out _)));
        // Another log's key does not speak for this origin.
        var borrowed = new Checkpoint(LogHouse.Origin, 5, Merkle.EmptyRoot).Sign(LogHouse.OtherLog);
        Assert.Equal("note.unsigned", Refusal.Of(() => LogHouse.Policy.Judge(borrowed, out _)));
    }

    [Fact]
    public void HasQuorum_GroupsOfGroups_AsTheStandardsExample()
    {
        var keys = LogHouse.Witnesses.Select(witness => witness.Verifier).ToList();
        var policy = Policy(
            $"witness X1 {keys[0]}\nwitness X2 {keys[1]}\nwitness X3 {keys[2]}\ngroup X-witnesses 2 X1 X2 X3\n"
                + $"witness Y1 {keys[3]}\ngroup Y-witnesses any Y1\n"
                + "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
        );
        Assert.True(Has("X1", "X3", "Y1"));
        Assert.False(Has("X1", "X2", "X3"));
        Assert.False(Has("X1", "Y1"));
        bool Has(params string[] names) => policy.HasQuorum(names.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Parse_NoneTabsCommentsAndForeignLetters_AreFine()
    {
        var policy = Policy($"\t# 註解\n\n  witness \t證人 {LogHouse.Witnesses[0].Verifier}  \nquorum none\n");
        Assert.Equal(WitnessPolicy.NoQuorum, policy.Quorum);
        Assert.Empty(policy.Logs);
        Assert.True(policy.HasQuorum(new HashSet<string>()));
    }

    [Fact]
    public void Parse_ThirtyTwoOfEach_IsTaken()
    {
        var text = new System.Text.StringBuilder();
        for (byte n = 0; n < 32; n++)
        {
            using var key = new Ed25519PrivateKey([.. Enumerable.Repeat(n, 32)]);
            text.Append($"log {VerifierKey.Create($"log{n}", SignatureType.Ed25519, key.PublicKey)}\n");
            text.Append($"witness w{n} {VerifierKey.Create($"w{n}", SignatureType.Cosignature, key.PublicKey)}\n");
            text.Append($"group g{n} any w{n}{(n > 0 ? $" g{n - 1}" : "")}\n");
        }
        var policy = Policy(text.Append("quorum g31\n").ToString());
        Assert.True(policy.HasQuorum(new HashSet<string> { "w0" }));
        Assert.Equal(64, policy.Members.Count);
    }

    private static WitnessPolicy Policy(string text) => WitnessPolicy.Parse(LogHouse.Bytes(text));
}
