using System.Text;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>Whose data.json it is, found in one walk that judges JSON as the browser does.</summary>
public sealed class RootTextTests
{
    private const string Code = "data.format";

    [Theory]
    [InlineData("""{"id":"A1"}""", true)]
    [InlineData("""{"\u0069d":"\u00411"}""", true)]
    [InlineData("""{"rows":[{"id":"B2"},{"id":"B2"}],"id":"A1"}""", true)]
    [InlineData("""{"id":"B2"}""", false)]
    [InlineData("""{"id":{"id":"A1"}}""", false)]
    [InlineData("""{"person":{"id":"A1"}}""", false)]
    [InlineData("""[{"id":"A1"}]""", false)]
    [InlineData("\"A1\"", false)]
    public void Root_HasTheMember_IsFoundAtTheRootOnly(string json, bool found) => Assert.Equal(found, Is(json));

    [Theory]
    [InlineData("""{"id":"A1","id":"B2"}""")]
    [InlineData("""{"id":"B2","\u0069d":"A1"}""")]
    [InlineData("""{"id":"A1","rows":[{"a":1,"a":1}]}""")]
    [InlineData("""{"id":"A1","\ud800":1}""")]
    [InlineData("""{"id":"A1"}{}""")]
    [InlineData("""{"id":"A1",}""")]
    [InlineData("""{"id":"A1"/**/}""")]
    [InlineData("\ufeff{}")]
    [InlineData("")]
    public void Json_TwiceOrMalformed_IsRefused(string json) =>
        Assert.Equal(Code, Assert.Throws<EncryptionException>(() => Is(json)).Code);

    [Fact]
    public void Json_NotUtf8OrTooDeepOrTooMany_IsRefused()
    {
        byte[][] refused =
        [
            [.. "{\"id\":\""u8, 0xFF, .. "\"}"u8],
            Encoding.ASCII.GetBytes(new string('[', 65) + new string(']', 65)),
            Encoding.ASCII.GetBytes($"{{{string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"{i}\":0"))}}}"),
        ];
        foreach (var json in refused)
            Assert.Equal(
                Code,
                Assert.Throws<EncryptionException>(() => StrictJson.RootTextIs(json, "id", "A1", Code)).Code
            );
    }

    /// <summary>Twelve bytes for every token would be some 100 MB here.</summary>
    [Fact]
    public void Json_MillionsOfTokens_TakesNoMemoryForThem()
    {
        byte[] json =
        [
            .. "{\"id\":\"A1\",\"a\":[0"u8,
            .. Enumerable.Repeat(",0"u8.ToArray(), 8_000_000).SelectMany(x => x),
            .. "]}"u8,
        ];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(StrictJson.RootTextIs(json, "id", "A1", Code));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    private static bool Is(string json) => StrictJson.RootTextIs(Encoding.UTF8.GetBytes(json), "id", "A1", Code);
}
