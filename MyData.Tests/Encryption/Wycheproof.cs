using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Tests.Support;

namespace MyData.Tests.Encryption;

/// <summary>One case of a Wycheproof file, with the group that it stands in.</summary>
internal sealed record WycheproofCase(JsonElement Group, JsonElement Test)
{
    public int Id => Test.GetProperty("tcId").GetInt32();
    public string Result => Test.GetProperty("result").GetString()!;
    public bool IsValid => Result == "valid";

    public byte[] Hex(string name) => Convert.FromHexString(Test.GetProperty(name).GetString()!);

    public bool HasFlag(string flag) => Test.GetProperty("flags").EnumerateArray().Any(f => f.GetString() == flag);

    public override string ToString() => $"{Id} {Test.GetProperty("comment").GetString()} ({Result})";
}

internal static class Wycheproof
{
    /// <summary>All cases of a file, as many as it says that it has.</summary>
    public static IReadOnlyList<WycheproofCase> Load(string name)
    {
        var file = Vectors.Json($"wycheproof/{name}_test.json");
        var cases = file.GetProperty("testGroups")
            .EnumerateArray()
            .SelectMany(g => g.GetProperty("tests").EnumerateArray().Select(t => new WycheproofCase(g, t)))
            .ToList();
        Assert.NotEmpty(cases);
        Assert.Equal(file.GetProperty("numberOfTests").GetInt32(), cases.Count);
        return cases;
    }

    /// <summary>Runs every case and reports all that were decided otherwise, not the first only.</summary>
    public static void Each(IEnumerable<WycheproofCase> cases, Action<WycheproofCase> check)
    {
        var wrong = new List<string>();
        foreach (var one in cases)
        {
            try
            {
                check(one);
            }
            catch (Exception e)
            {
                wrong.Add($"{one}: {e.Message.ReplaceLineEndings(" ")}");
            }
        }
        Assert.Empty(wrong);
    }

    /// <summary>The code of the refusal and its message, or null where nothing was refused. Other exceptions go through.</summary>
    public static EncryptionException? Refusal(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (EncryptionException e)
        {
            return e;
        }
    }
}
