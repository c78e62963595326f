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
}
