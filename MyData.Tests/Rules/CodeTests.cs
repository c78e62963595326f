using System.Globalization;
using System.Text.RegularExpressions;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Ui;

namespace MyData.Tests.Rules;

/// <summary>Every refusal ends in one stable code, and every code has words for the citizen in both languages.</summary>
public sealed partial class CodeTests
{
    public static TheoryData<string> Languages => ["zh-TW", "en"];

    [Theory, MemberData(nameof(Languages))]
    public void Codes_OfTransfers_HaveWordsOfTheirOwn(string language)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var words = TransferCodes.All.ToLookup(CodeText.Words);
        var other = CodeText.Words("no.such_code");
        CultureInfo.CurrentUICulture = before;
        Findings.None(words.Where(same => same.Count() > 1).Select(same => string.Join(" = ", same)));
        Findings.None(words[other]);
    }

    [Theory, MemberData(nameof(Languages))]
    public void Codes_OfStandingConsents_HaveWordsOfTheirOwn(string language)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var words = StandingCodes.All.ToLookup(CodeText.Words);
        var other = CodeText.Words("no.such_code");
        CultureInfo.CurrentUICulture = before;
        Findings.None(words.Where(same => same.Count() > 1).Select(same => string.Join(" = ", same)));
        Findings.None(words[other]);
        Assert.Equal(StandingCodes.All.Count, typeof(StandingCodes).GetFields().Count(field => field.IsLiteral));
    }

    [Theory, MemberData(nameof(Languages))]
    public void Codes_OfEncryption_HaveAtLeastTheirFamilysWords(string language)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var other = CodeText.Words("no.such_code");
        var wordless = EncryptionCodes().Where(code => CodeText.Words(code) == other).ToList();
        CultureInfo.CurrentUICulture = before;
        Findings.None(wordless);
    }

    /// <summary>What only her browser finds is looked up on the help page too.</summary>
    [Theory, MemberData(nameof(Languages))]
    public void Codes_OfTheBrowser_StandInTheHelpPage(string language)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var listed = CodeText.All().Select(one => one.Code).ToHashSet(StringComparer.Ordinal);
        var families = CodeText.Families().SelectMany(one => one.Members).ToHashSet(StringComparer.Ordinal);
        CultureInfo.CurrentUICulture = before;
        Assert.True(BrowserCodes().Count > 60, "The pattern no longer finds the codes.");
        Findings.None(BrowserCodes().Where(code => !listed.Contains(code) && !families.Contains(code.Split('.')[0])));
    }

    [Fact]
    public void Codes_Everywhere_AreWrittenAlike()
    {
        Assert.True(EncryptionCodes().Count > 20, "The pattern no longer finds the codes.");
        Findings.None(EncryptionCodes().Concat(TransferCodes.All).Where(code => !Written().IsMatch(code)));
        Assert.Equal(TransferCodes.All.Count, typeof(TransferCodes).GetFields().Count(field => field.IsLiteral));
    }

    private static HashSet<string> EncryptionCodes() =>
        [
            .. from file in Repository.Files("MyData.Core/Encryption", ".cs")
            from Match match in Thrown().Matches(File.ReadAllText(file))
            select match.Groups[1].Value,
        ];

    // Every text of this form in the modules is a code, but for the names of files.
    private static HashSet<string> BrowserCodes() =>
        [
            .. from file in Repository.Files("MyData.Web/wwwroot/js", ".js")
            from Match match in Quoted().Matches(File.ReadAllText(file))
            let code = match.Groups[1].Value
            where code is not "data.json"
            select code,
        ];

    [GeneratedRegex(@"""([a-z][a-z0-9]*(?:\.[a-z0-9_]+)+)""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^[a-z]+(\.[a-z0-9_]+)+$")]
    private static partial Regex Written();

    [GeneratedRegex(@"EncryptionException\(\s*""([^""]+)""")]
    private static partial Regex Thrown();
}
