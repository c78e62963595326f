using System.Globalization;
using System.Text.RegularExpressions;

namespace MyData.Core.Recording;

/// <summary>
/// What the incident of a promotion says besides node, size and the lost one: codes and names, for a page to word. As its message it stands so:
/// <c>told=late behind fenced=node1 log=mydata.example/ledger/2026 by=duty 7</c>, each but the first only where it is so.
/// </summary>
public sealed partial record ToldPromotion
{
    /// <summary>Told by a later run than the one that promoted, or of a promotion by hand.</summary>
    public bool IsLate { get; init; }

    /// <summary>A witness had more records, and the operator let it take over all the same.</summary>
    public bool IsBehind { get; init; }

    /// <summary>This node answered, and the operator said that nobody can write there.</summary>
    public string? Fenced { get; init; }

    /// <summary>Whose size it is; null where the database has no log.</summary>
    public string? Log { get; init; }

    /// <summary>Who did it, as she wants to be called; null where she did not say.</summary>
    public string? By { get; init; }

    /// <returns>null for another text: what older versions told was a sentence</returns>
    public static ToldPromotion? Parse(string message)
    {
        var found = Form().Match(message);
        return !found.Success
            ? null
            : new ToldPromotion
            {
                IsLate = found.Groups["told"].Value == "late",
                IsBehind = found.Groups["behind"].Success,
                Fenced = Text("fenced"),
                Log = Text("log"),
                By = Text("by"),
            };

        string? Text(string name) => found.Groups[name] is { Success: true, Value: var text } ? text : null;
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"told={(IsLate ? "late" : "at-once")}{(IsBehind ? " behind" : "")}{Named("fenced", Fenced)}{Named("log", Log)}{Named("by", By)}"
        );

    private static string Named(string name, string? value) => value is null ? "" : $" {name}={value}";

    // Her name may have anything in it, so it is the last.
    [GeneratedRegex(
        @"^told=(?<told>at-once|late)(?<behind> behind)?( fenced=(?<fenced>\S+))?( log=(?<log>\S+))?( by=(?<by>.+))?$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Form();
}

/// <summary>Whether everybody can read of a promotion.</summary>
public enum Telling
{
    /// <summary>From now on.</summary>
    Told,

    /// <summary>An earlier run told of it, also one that was cut while it waited for the other node.</summary>
    ToldBefore,

    /// <summary>There was none.</summary>
    Nothing,

    /// <summary>Nobody confirmed that it is kept: it may be.</summary>
    Unsure,
}
