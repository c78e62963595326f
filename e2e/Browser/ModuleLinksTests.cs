using System.Text.RegularExpressions;
using MyData.Tests.Support;
using MyData.Web.Features.Open;

namespace MyData.E2E.Browser;

/// <summary>The heads of the plain pages name exactly the modules that the pages need.</summary>
public sealed partial class ModuleLinksTests
{
    private static readonly string Root = Path.Combine(Repository.Root, "MyData.Web", "wwwroot");

    [Fact]
    public void Opening_NamesEveryImport() => Same(ModuleLinks.Opening, "js/pages/open.js", "js/pages/correction.js");

    [Fact]
    public void Verifying_NamesEveryImport() => Same(ModuleLinks.Verifying, "js/pages/verify.js");

    [Fact]
    public void CheckingHistory_NamesEveryImport() => Same(ModuleLinks.CheckingHistory, "js/pages/history.js");

    [Fact]
    public void AtTheCounter_NamesEveryImport() => Same(ModuleLinks.AtTheCounter, "js/pages/counter.js");

    [Fact]
    public void OverTheNationalWire_NamesEveryImport() =>
        Same(ModuleLinks.OverTheNationalWire, "js/pages/open.js", "js/pages/correction.js", "js/pages/wirehandover.js");

    private static void Same(IReadOnlyList<string> named, params string[] pages)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var page in pages)
            Follow(page, found);
        found.ExceptWith(pages);
        Assert.Equal(found.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    private static void Follow(string module, HashSet<string> found)
    {
        if (!found.Add(module))
            return;
        foreach (Match import in Import().Matches(File.ReadAllText(Path.Combine(Root, module))))
        {
            var path = Path.GetFullPath(import.Groups[1].Value, Path.GetDirectoryName(Path.Combine(Root, module))!);
            Follow(Path.GetRelativePath(Root, path), found);
        }
    }

    [GeneratedRegex("""from "(\.{1,2}/[^"]+)";""")]
    private static partial Regex Import();
}
