using System.Globalization;
using System.Text.RegularExpressions;

namespace MyData.Core.Recording;

/// <summary>How a standby follows another node: <c>primary_conninfo</c>, keywords and values as libpq writes them.</summary>
internal static partial class FollowText
{
    private static readonly string[] Whom = ["host", "hostaddr", "port"];

    /// <summary>The same, at another address.</summary>
    public static string At(string before, string host, int port)
    {
        var kept = Pair()
            .Matches(before)
            .Where(pair => !Whom.Contains(pair.Groups["name"].Value))
            .Select(pair => $" {pair.Groups["name"].Value}={pair.Groups["value"].Value}");
        return string.Create(CultureInfo.InvariantCulture, $"host={host} port={port}{string.Concat(kept)}");
    }

    [GeneratedRegex(
        """(?<name>\w+)\s*=\s*(?<value>'(?:[^'\\]|\\.)*'|[^\s']+)""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Pair();
}
