using System.Text.RegularExpressions;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>The README's table of codes is what answers, texts and support go by, so it must be whole.</summary>
public sealed partial class LedgerCodeTests
{
    private const string Families =
        "merkle|tile|bundle|note|checkpoint|cosignature|policy|proof|witness|record|caller|hash|tag|ed25519|audit";

    [Fact]
    public void Readme_EveryCodeInBothLanguages_StandsInTheTableAndTheOtherWayRound()
    {
        var thrown = Codes(Repository.Files("MyData.Core/Ledger", ".cs"), InSource());
        var inBrowser = Codes(Repository.Files("MyData.Web/wwwroot/js/ledger", ".js"), InSource());
        var listed = Codes(["MyData.Core/Ledger/README.md"], InTable());

        Assert.NotEmpty(thrown);
        Assert.Equal(
            ["ed25519.unsupported", "witness.answer", "witness.proof", "witness.tag_hidden"],
            inBrowser.Except(thrown).Order(StringComparer.Ordinal)
        );
        Assert.Equal(thrown.Union(inBrowser).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static HashSet<string> Codes(IEnumerable<string> files, Regex pattern) =>
        [
            .. from file in files
            from Match match in pattern.Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
            select match.Groups["code"].Value,
        ];

    [GeneratedRegex($"\"(?<code>(?:{Families})\\.[a-z0-9_]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InSource();

    [GeneratedRegex($"`(?<code>(?:{Families})\\.[a-z0-9_]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InTable();
}
