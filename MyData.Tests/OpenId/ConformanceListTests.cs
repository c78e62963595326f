using System.Reflection;
using System.Text.RegularExpressions;
using MyData.Tests.Support;

namespace MyData.Tests.OpenId;

/// <summary>
/// The checklist of the OpenID conformance suite (basic OpenID provider, FAPI 2.0 security profile): each of its modules has a test of its name, as a
/// trait or as a test's first value, or a row with the reason in the README beside this file.
/// </summary>
public sealed partial class ConformanceListTests
{
    private const string Trait = "Conformance";

    [Fact]
    public void EveryModule_HasATest_OrAReason()
    {
        var modules = Vectors
            .Json("openid-conformance/modules.json")
            .EnumerateArray()
            .Select(module => module.GetProperty("name").GetString()!)
            .ToList();
        var (held, reasons) = (Held(), Reasons());
        bool HasReason(string module) => reasons.Any(pattern => Covers(pattern, module));

        Assert.Empty(modules.Where(module => !held.Contains(module) && !HasReason(module)));
        Assert.Empty(held.Except(modules));
        Assert.Empty(reasons.Where(pattern => !modules.Any(module => Covers(pattern, module))));
    }

    [Fact]
    public void NoModule_HasBoth()
    {
        var reasons = Reasons();
        Assert.NotEmpty(reasons);
        Assert.Empty(Held().Where(module => reasons.Any(pattern => Covers(pattern, module))));
    }

    private static HashSet<string> Held()
    {
        var methods = typeof(ConformanceListTests)
            .Assembly.GetTypes()
            .SelectMany(type =>
                type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            );
        var held = new HashSet<string>(StringComparer.Ordinal);
        foreach (var method in methods)
        {
            held.UnionWith(
                method.GetCustomAttributes<TraitAttribute>().Where(t => t.Name == Trait).Select(t => t.Value)
            );
            held.UnionWith(
                method
                    .GetCustomAttributes<InlineDataAttribute>()
                    .Select(data => data.Data is [string name, ..] ? name : "")
                    .Where(name => ModuleName().IsMatch(name))
            );
        }
        return held;
    }

    /// <summary>The names in the first column of the README's table; a star at the end stands for any end.</summary>
    private static List<string> Reasons()
    {
        var readme = Path.Combine(Repository.Root, "MyData.Tests", "OpenId", "README.md");
        var rows = File.ReadLines(readme).Select(line => line.Split('|')).Where(cells => cells.Length == 4).ToList();
        Assert.All(rows, cells => Assert.NotEqual("", cells[2].Trim()));
        return [.. rows.SelectMany(cells => Code().Matches(cells[1]).Select(match => match.Groups[1].Value))];
    }

    private static bool Covers(string pattern, string module) =>
        pattern.EndsWith('*') ? module.StartsWith(pattern[..^1], StringComparison.Ordinal) : module == pattern;

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("^(oidcc|fapi2)-[A-Za-z0-9_-]+$")]
    private static partial Regex ModuleName();
}
