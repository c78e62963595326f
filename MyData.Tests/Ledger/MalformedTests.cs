using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>Every malformed input has one code; e2e/Browser/LedgerTests holds the browser's modules to the same ones.</summary>
public sealed class MalformedTests
{
    [Fact]
    public void Readers_EveryMalformedInput_RefuseByItsCode()
    {
        var wrong = Malformed.All.Where(one => one.CodeHere() != one.Code);
        Assert.Empty(wrong.Select(one => $"{one}: {one.CodeHere() ?? "accepted"}, not {one.Code}"));
        Assert.True(Malformed.All.Count > 150);
        Assert.Equal(Malformed.All.Count, Malformed.All.Select(one => one.ToString()).Distinct().Count());
    }

    [Fact]
    public void Readers_RandomChanges_RefuseByACodeOrReadTheSameBytesAgain()
    {
        Assert.All(Malformed.Good, good => Assert.Null(new Malformed(good.Key, "good", good.Value, "").CodeHere()));
        var refused = 0;
        // Any other exception than a refusal goes through and fails.
        foreach (var one in Malformed.Mutations(seed: 1, each: 2_000))
        {
            if (one.CodeHere() is not null)
                refused++;
            else if (one.Reader is not ("judge" or "policy"))
                Assert.Equal(one.Bytes, Again(one));
        }
        Assert.InRange(refused, 9_000, 18_000);
    }

    private static byte[] Again(Malformed one) =>
        one.Reader switch
        {
            "note" => SignedNote.Parse(one.Bytes).ToBytes(),
            "vkey" => LogHouse.Bytes(VerifierKey.Parse(System.Text.Encoding.UTF8.GetString(one.Bytes)).ToString()),
            "checkpoint" => Checkpoint.Parse(one.Bytes).ToText(),
            "proof" => LogProof.Parse(one.Bytes).ToBytes(),
            "witness" => AddCheckpoint.Parse(one.Bytes).ToBytes(),
            "record" => LedgerRecord.Parse(one.Bytes).ToBytes(),
            _ => LedgerRecord.ParseSent(one.Bytes).ToSentBytes(),
        };
}
