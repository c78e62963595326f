namespace MyData.Tests.Rules;

internal static class Findings
{
    /// <summary>Passes when there is nothing; else says every one, a line each.</summary>
    public static void None(IEnumerable<string?> found)
    {
        var lines = found.Distinct().Order(StringComparer.Ordinal).ToList();
        if (lines.Count > 0)
            Assert.Fail($"{lines.Count} against this rule:\n  " + string.Join("\n  ", lines));
    }
}
