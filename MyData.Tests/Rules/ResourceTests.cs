using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MyData.Tests.Support;
using MyData.Web.Features.Open;

namespace MyData.Tests.Rules;

/// <summary>The two languages say the same things, pages ask only for what is there, and nothing lies unused.</summary>
public sealed partial class ResourceTests
{
    private static readonly Dictionary<string, Dictionary<string, string>> Chinese = Load(english: false);
    private static readonly Dictionary<string, Dictionary<string, string>> English = Load(english: true);

    // Core too: a stable code that it gives is the key of the text that explains it.
    private static readonly string[] Sources =
    [
        .. Repository.Files("MyData.Web", ".razor", ".cs"),
        .. Repository.Files("MyData.Core", ".cs"),
    ];

    public static TheoryData<string> Names => [.. Chinese.Keys.Union(English.Keys).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Names))]
    public void Resource_BothLanguages_HaveTheSameKeysAndPlaceholders(string name)
    {
        Assert.True(Chinese.ContainsKey(name) && English.ContainsKey(name), $"{name} stands in one language only.");
        var (zh, en) = (Chinese[name], English[name]);
        Assert.Equal(zh.Keys.Order(StringComparer.Ordinal), en.Keys.Order(StringComparer.Ordinal));
        Findings.None(zh.Keys.Where(key => zh[key].Trim().Length == 0 || en[key].Trim().Length == 0));
        // A date takes the year of the one calendar or the other.
        var texts = zh.Keys.Where(key => !key.StartsWith("Date", StringComparison.Ordinal));
        Findings.None(texts.Where(key => !Placeholders(zh[key]).SetEquals(Placeholders(en[key]))));
    }

    [Theory, MemberData(nameof(Names))]
    public void Resource_AtRunTime_IsFoundByItsTextClass(string name)
    {
        var type = typeof(Program).Assembly.GetTypes().SingleOrDefault(t => t.FullName == TypeName(name));
        Assert.True(type is not null, $"{name}.resx has no class {TypeName(name)} beside it.");
        using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        var text = services.GetRequiredService<IStringLocalizerFactory>().Create(type);
        var before = CultureInfo.CurrentUICulture;
        foreach (var (culture, wanted) in new[] { ("zh-TW", Chinese[name]), ("en", English[name]) })
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
            Assert.All(wanted, entry => Assert.Equal(entry.Value, text[entry.Key].Value));
        }
        CultureInfo.CurrentUICulture = before;
    }

    [Fact]
    public void Keys_ThatPagesAskFor_Exist()
    {
        var wrong =
            from file in Sources
            let source = File.ReadAllText(file)
            from Match localizer in Localizer().Matches(source)
            let keys = Chinese
                .Where(e => e.Key.EndsWith("/" + localizer.Groups["type"].Value, StringComparison.Ordinal))
                .ToList()
            from Match use in Regex.Matches(source, $@"\b{localizer.Groups["name"].Value}\[""(?<key>[^""]+)""")
            where !keys.Any(e => e.Value.ContainsKey(use.Groups["key"].Value))
            select $"{Repository.Relative(file)}: {localizer.Groups["type"].Value}[{use.Groups["key"].Value}]";
        Findings.None(wrong);
    }

    [Fact]
    public void Keys_ThatModulesAreGiven_Exist()
    {
        using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        var text = services.GetRequiredService<IStringLocalizer<OpenText>>();
        var given = ScriptTexts.ForOpening(text).Concat(ScriptTexts.ForVerifying(text));
        Findings.None(given.Where(entry => entry.Key == entry.Value).Select(entry => entry.Key));
    }

    [Fact]
    public void Keys_ThatExist_AreUsed()
    {
        var quoted = new HashSet<string>(StringComparer.Ordinal);
        var prefixes = new HashSet<string>(StringComparer.Ordinal);
        // A browser's codes stand in its modules.
        foreach (
            var source in Sources.Concat(Repository.Files("MyData.Web/wwwroot/js", ".js")).Select(File.ReadAllText)
        )
        {
            quoted.UnionWith(Quoted().Matches(source).Select(m => m.Groups[1].Value));
            // What ends like a prefix is one: Prefix="Privacy-".
            prefixes.UnionWith(quoted.Where(text => text.EndsWith('-')));
            prefixes.UnionWith(Prefix().Matches(source).Select(m => m.Groups[1].Value));
        }
        var unused =
            from resource in Chinese
            from key in resource.Value.Keys
            where !quoted.Contains(key) && !prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))
            select $"{resource.Key}: {key}";
        Findings.None(unused);
    }

    private static HashSet<string> Placeholders(string text) => [.. Placeholder().Matches(text).Select(m => m.Value)];

    private static string TypeName(string name) => name.Replace('/', '.');

    private static Dictionary<string, Dictionary<string, string>> Load(bool english) =>
        Repository
            .Files("MyData.Web", ".resx")
            .Where(file => file.EndsWith(".en.resx", StringComparison.Ordinal) == english)
            .ToDictionary(
                file => Repository.Relative(file).Replace(english ? ".en.resx" : ".resx", "", StringComparison.Ordinal),
                file =>
                    XDocument
                        .Load(file)
                        .Root!.Elements("data")
                        .ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value)
            );

    [GeneratedRegex(@"\{\d+")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"IStringLocalizer<(?:[\w.]+\.)?(?<type>\w+)>\s+(?<name>\w+)")]
    private static partial Regex Localizer();

    [GeneratedRegex(@"""([A-Za-z0-9_.\-]+)""")]
    private static partial Regex Quoted();

    // $"State{value}" asks for every key that starts with State.
    [GeneratedRegex(@"\$""([A-Za-z0-9_.\-]{2,})[{ ]")]
    private static partial Regex Prefix();
}
