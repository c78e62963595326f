using System.Text.RegularExpressions;
using MyData.Tests.Support;

namespace MyData.Tests.Rules;

/// <summary>What can be read off the files themselves.</summary>
public sealed partial class SourceTests
{
    private static readonly string[] TopLevel =
    [
        ".ci",
        ".config",
        ".csharpierignore",
        ".editorconfig",
        ".gitignore",
        "Directory.Build.props",
        "Directory.Packages.props",
        "MyData.Core",
        "MyData.Tests",
        "MyData.Web",
        "MyData.sln",
        "README.md",
        "e2e",
        "global.json",
    ];

    private static readonly string[] Left = [".git", ".vs", ".idea", "TestResults"];

    [Fact]
    public void TopLevel_HoldsOnlyTheFourFoldersAndWhatToolsInsistOn() =>
        Findings.None(
            Directory.EnumerateFileSystemEntries(Repository.Root).Select(Path.GetFileName).Except(TopLevel).Except(Left)
        );

    [Fact]
    public void Folders_AreNamedAfterFeatures()
    {
        string[] vague = ["Models", "Utils", "Helpers", "Common", "Shared", "Misc", "Managers"];
        Findings.None(
            Code(".cs", ".razor")
                .Where(f => Repository.Relative(f).Split('/').Intersect(vague).Any())
                .Select(Repository.Relative)
        );
    }

    [Fact]
    public void Files_StayShortEnoughToRead()
    {
        var wrong =
            from file in Code(".cs", ".razor")
            let lines = File.ReadLines(file).Count()
            where lines > (file.EndsWith(".razor", StringComparison.Ordinal) ? 250 : 400)
            select $"{Repository.Relative(file)}: {lines} lines";
        Findings.None(wrong);
    }

    [Fact]
    public void Pages_TakeAtMostFiveServices()
    {
        var wrong =
            from file in Code(".razor")
            let behind = file + ".cs"
            let text = File.ReadAllText(file) + (File.Exists(behind) ? File.ReadAllText(behind) : "")
            let taken = Injection().Count(text)
            where taken > 5
            select $"{Repository.Relative(file)}: {taken} services";
        Findings.None(wrong);
    }

    [Fact]
    public void Sources_HoldNoSwitchedOffWarningTestOrPromise()
    {
        var wrong =
            from file in Code(".cs", ".razor", ".js", ".csproj", ".css")
            where Path.GetFileName(file) != $"{nameof(SourceTests)}.cs"
            from Match match in Forbidden().Matches(File.ReadAllText(file))
            select $"{Repository.Relative(file)}: {match.Value}";
        Findings.None(wrong);
    }

    [Fact]
    public void Tests_WaitForSignals_NeverForTimeToPass()
    {
        var wrong =
            from file in Repository.Files("MyData.Tests", ".cs").Concat(Repository.Files("e2e", ".cs"))
            where Path.GetFileName(file) != $"{nameof(SourceTests)}.cs"
            // The load program is no test: it plays citizens who look again after a while.
            where !Repository.Relative(file).StartsWith("e2e/Load/", StringComparison.Ordinal)
            from Match match in Sleeping().Matches(File.ReadAllText(file))
            select $"{Repository.Relative(file)}: {match.Value}";
        Findings.None(wrong);
    }

    [Fact]
    public void BrowserModules_PutTextInAsTextAndRunNothingFromStrings()
    {
        var wrong =
            from file in Repository.Files("MyData.Web/wwwroot", ".js")
            from Match match in UnsafeScript().Matches(Lexer.WithoutComments(File.ReadAllText(file)))
            // The one module that hands a file over as a download, which nothing ever shows.
            where match.Value != "createObjectURL" || Path.GetFileName(file) != "save.js"
            // The one that keeps the size and root of the last checkpoint, nothing of hers.
            where match.Value != "localStorage" || Path.GetFileName(file) != "pin.js"
            select $"{Repository.Relative(file)}: {match.Value}";
        Findings.None(wrong);
    }

    [Fact]
    public void Chinese_StandsInResourceFiles_NotInCode()
    {
        var wrong =
            from file in Code(".cs", ".razor", ".js")
            let path = Repository.Relative(file)
            where
                path.StartsWith("MyData.Web/", StringComparison.Ordinal)
                || path.StartsWith("MyData.Core/", StringComparison.Ordinal)
            where !path.StartsWith("MyData.Web/Sandbox/", StringComparison.Ordinal)
            from line in Lexer.WithoutComments(File.ReadAllText(file)).Split('\n')
            // A single character is something that code works on; words are what it says.
            where Han().IsMatch(CharacterLiteral().Replace(line, ""))
            select $"{path}: {line.Trim()}";
        Findings.None(wrong);
    }

    [Fact]
    public void ProtocolCode_SaysWhatItsPublicTypesAreFor()
    {
        string[] protocols = ["Encryption", "Certificates", "Wire", "OpenId", "Ledger"];
        var wrong =
            from folder in protocols
            from file in Repository.Files($"MyData.Core/{folder}", ".cs")
            from Match match in PublicType().Matches(File.ReadAllText(file))
            where !match.Groups["docs"].Success && !file.EndsWith("Setup.cs", StringComparison.Ordinal)
            select $"{Repository.Relative(file)}: {match.Groups["type"].Value}";
        Findings.None(wrong);
    }

    private static IEnumerable<string> Code(params string[] extensions) =>
        new[] { "MyData.Core", "MyData.Web", "MyData.Tests", "e2e" }.SelectMany(f => Repository.Files(f, extensions));

    [GeneratedRegex(@"^@inject\s|\[Inject\]", RegexOptions.Multiline)]
    private static partial Regex Injection();

    [GeneratedRegex(
        @"#pragma\s+warning|SuppressMessage|<NoWarn>|\bSkip\s*=\s*""|\bTODO\b|\bFIXME\b|\bHACK\b|@ts-ignore|@ts-nocheck|eslint-disable|!important.*hack"
    )]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"Task\.Delay|Thread\.Sleep|WaitForTimeoutAsync|SpinWait|new PeriodicTimer")]
    private static partial Regex Sleeping();

    [GeneratedRegex(
        @"\.(inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|\beval\s*\(|new Function\s*\(|localStorage"
    )]
    private static partial Regex UnsafeScript();

    [GeneratedRegex("'.'")]
    private static partial Regex CharacterLiteral();

    [GeneratedRegex(@"[\u2E80-\u2FDF\u3000-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF]|[\uD840-\uD88F][\uDC00-\uDFFF]")]
    private static partial Regex Han();

    [GeneratedRegex(
        @"^(?<docs>///[^\n]*\n(?:\[[^\n]*\n)*)?(?<type>public (?:abstract |sealed |static |readonly |partial )*(?:class|record|struct|interface|enum)[^\n]*)",
        RegexOptions.Multiline
    )]
    private static partial Regex PublicType();
}
