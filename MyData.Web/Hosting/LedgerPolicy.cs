using System.Text;
using MyData.Core.Ledger;

namespace MyData.Web.Hosting;

/// <summary>The policy file that says who witnesses the platform's log, where each is, and how many are enough.</summary>
internal static class LedgerPolicy
{
    private const string Setting = "MyData:Ledger:Policy";

    /// <summary>The file without its <c>log</c> lines.</summary>
    public static string Read(string file)
    {
        var lines = File.ReadAllText(file)
            .Split('\n')
            .Where(line => !line.StartsWith("log ", StringComparison.Ordinal));
        return string.Join('\n', lines);
    }

    /// <summary>What is wrong with it, a sentence each. Witnesses are reached by https; by http in Development, on this machine.</summary>
    public static IEnumerable<string> Problems(string path, string contentRoot, bool production)
    {
        if (path.Length == 0)
            return [];
        var file = Path.GetFullPath(path, contentRoot);
        try
        {
            return WitnessPolicy
                .Parse(Encoding.UTF8.GetBytes(Read(file)))
                .Witnesses.Where(witness => !IsAllowed(witness.Url, production))
                .Select(witness =>
                    $"{Setting}: the witness '{witness.Name}' has no https address{(production ? "" : ", and none of this machine")}."
                )
                .ToList();
        }
        catch (Exception refused) when (refused is LedgerException or IOException or UnauthorizedAccessException)
        {
            return [$"{Setting}: '{file}' is not a policy: {refused.Message}"];
        }
    }

    /// <summary>What is wrong with the addresses at which browsers read witnesses, a sentence each.</summary>
    public static IEnumerable<string> SiteProblems(IReadOnlyDictionary<string, string> sites, bool production) =>
        sites
            .Where(site => !IsAllowed(site.Value, production))
            .Select(site => $"MyData:Ledger:WitnessSites:{site.Key} is no https address.");

    private static bool IsAllowed(string? address, bool production) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url)
        && url.UserInfo.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (!production && url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}
