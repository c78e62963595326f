using System.Text.RegularExpressions;

namespace MyData.Tests.Encryption;

/// <summary>The README's table of codes is what support and texts go by, so it must be whole.</summary>
public sealed partial class CodeTableTests
{
    [Fact]
    public void Readme_EveryCodeInTheSource_StandsInTheTableAndTheOtherWayRound()
    {
        var folder = Path.Combine(Root(), "MyData.Core", "Encryption");
        var thrown = Directory
            .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => InSource().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups[1].Value)
            .Where(c => c is not "certificate.cer")
            .ToHashSet(StringComparer.Ordinal);
        var listed = InTable()
            .Matches(File.ReadAllText(Path.Combine(folder, "README.md")))
            .Select(m => m.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(thrown);
        Assert.Equal(thrown.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MyData.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No repository above the tests.");
    }

    [GeneratedRegex(
        "\"(?<code>(?:base64url|jwk|jwks|jose|seal|package|certificate)\\.[a-z0-9_]+)\"",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex InSource();

    [GeneratedRegex(
        "`(?<code>(?:base64url|jwk|jwks|jose|seal|package|certificate)\\.[a-z0-9_]+)`",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex InTable();
}
