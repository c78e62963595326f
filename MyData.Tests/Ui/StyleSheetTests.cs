using System.Globalization;
using System.Text.RegularExpressions;
using MyData.Tests.Rules;
using MyData.Tests.Support;

namespace MyData.Tests.Ui;

/// <summary>The colours, read from the style sheet itself: WCAG 2.2 §1.4.3 for words, §1.4.11 for the edges of controls.</summary>
public sealed partial class StyleSheetTests
{
    private static readonly string Sheet = Repository.Read("MyData.Web/wwwroot/css/tokens.css");
    private static readonly string[] Themes = [":root", "[data-theme=\"dark\"]"];

    private static readonly (string Words, string Ground)[] Pairs =
    [
        ("ink", "ground"),
        ("ink", "card"),
        ("ink", "warn-soft"),
        ("muted", "ground"),
        ("muted", "card"),
        ("muted", "soft"),
        ("muted", "warn-soft"),
        ("brand", "ground"),
        ("brand", "card"),
        ("brand", "soft"),
        ("brand-strong", "soft"),
        ("on-brand", "brand"),
        ("on-brand", "brand-strong"),
        ("warn", "warn-soft"),
        ("bad", "bad-soft"),
        ("bad", "card"),
        ("bad", "ground"),
        ("good", "good-soft"),
    ];

    public static TheoryData<string, string, string> Combinations =>
        [.. from theme in Themes from pair in Pairs select (theme, pair.Words, pair.Ground)];

    [Theory, MemberData(nameof(Combinations))]
    public void Colours_OfWords_StandOutFromTheirGround(string theme, string words, string ground)
    {
        var tokens = Tokens(theme);
        Assert.InRange(Contrast(tokens[words], tokens[ground]), 4.5, 21);
    }

    [Fact]
    public void Colours_OfControls_StandOutFromTheirGround()
    {
        foreach (var tokens in Themes.Select(Tokens))
            Assert.All(["card", "ground"], ground => Assert.InRange(Contrast(tokens["edge"], tokens[ground]), 3, 21));
    }

    [Fact]
    public void DarkByDevice_AndDarkByChoice_AreTheSame() =>
        Assert.Equal(Tokens("[data-theme=\"dark\"]"), Tokens("[data-theme=\"auto\"]"));

    [Fact]
    public void Sheets_TakeNothingFromElsewhere() =>
        Findings.None(Sheets().Where(file => Elsewhere().IsMatch(File.ReadAllText(file))));

    [Fact]
    public void Sheets_EveryClass_IsUsedSomewhere()
    {
        var used = Repository
            .Files("MyData.Web", ".razor")
            .Concat(Repository.Files("MyData.Web", ".cs"))
            .Concat(Repository.Files("MyData.Web/wwwroot/js", ".js"))
            .SelectMany(file => Word().Matches(File.ReadAllText(file)).Select(word => word.Value))
            .ToHashSet(StringComparer.Ordinal);
        var dead =
            from file in Sheets()
            let rules = Comment().Replace(File.ReadAllText(file), "")
            from Match rule in Selectors().Matches(rules)
            from Match name in ClassName().Matches(rule.Value)
            where
                !used.Contains(name.Groups[1].Value)
                && !name.Groups[1].Value.StartsWith("components-reconnect", StringComparison.Ordinal)
            select $"{Path.GetFileName(file)}: {name.Value}";
        Findings.None(dead.Distinct());
    }

    [Fact]
    public void Sheets_EveryFile_IsLinkedAndSmall()
    {
        var pages = string.Concat(Repository.Files("MyData.Web", ".razor").Select(File.ReadAllText));
        var files = Repository.Files("MyData.Web/wwwroot/css", ".css").ToList();
        Findings.None(
            files.Where(file => !pages.Contains($"\"css/{Path.GetFileName(file)}\"", StringComparison.Ordinal))
        );
        Findings.None(files.Where(file => File.ReadLines(file).Count() > 200));
        Assert.Matches("css/print.css\"\\]\" media=\"print\"", pages);
    }

    private static IEnumerable<string> Sheets() => Repository.Files("MyData.Web", ".css");

    private static Dictionary<string, string> Tokens(string selector)
    {
        var start = Sheet.IndexOf($"{selector} {{", StringComparison.Ordinal);
        var block = Sheet[start..Sheet.IndexOf('}', start)];
        return Token().Matches(block).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);
    }

    private static double Contrast(string one, string other)
    {
        var light = new[] { Luminance(one), Luminance(other) };
        return (light.Max() + 0.05) / (light.Min() + 0.05);
    }

    private static double Luminance(string colour)
    {
        var hex = colour.Length == 4 ? string.Concat(colour.Skip(1).Select(digit => $"{digit}{digit}")) : colour[1..];
        double[] weights = [0.2126, 0.7152, 0.0722];
        return weights.Select((weight, i) => weight * Linear(hex.Substring(i * 2, 2))).Sum();
    }

    private static double Linear(string hex)
    {
        var value = int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }

    [GeneratedRegex(@"url\(|@import|@font-face")]
    private static partial Regex Elsewhere();

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"[^{}]+\{")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"\.([a-z][\w-]*)")]
    private static partial Regex ClassName();

    [GeneratedRegex(@"[a-z][\w-]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"--(?<name>[a-z-]+):\s*(?<value>#[0-9a-f]{3,6});")]
    private static partial Regex Token();
}
