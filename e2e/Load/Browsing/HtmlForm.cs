using System.Net;
using System.Text.RegularExpressions;

namespace MyData.Load.Browsing;

/// <summary>
/// A form as a page offers it: where it goes to, and the values that the page put there. Read by patterns, because a
/// parser would take more of the two cores than the portal does.
/// </summary>
public sealed partial class HtmlForm
{
    private readonly List<KeyValuePair<string, string>> _fields;

    private HtmlForm(string action, List<KeyValuePair<string, string>> fields)
    {
        Action = action;
        _fields = fields;
    }

    public string Action { get; }

    /// <param name="marker">text that only this form holds, such as the name of a field or its action</param>
    public static HtmlForm? Find(string html, string marker)
    {
        foreach (Match match in Forms().Matches(html))
        {
            if (match.Value.Contains(marker, StringComparison.Ordinal))
                return Read(match);
        }
        return null;
    }

    /// <summary>What she sends: the page's values, with hers in place of those of the same name, or added.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> With(params (string Name, string Value)[] values) =>
        [
            .. _fields.Where(field => !values.Any(value => value.Name == field.Key)),
            .. values.Select(value => KeyValuePair.Create(value.Name, value.Value)),
        ];

    /// <summary>The words of a page's main part, for a message about what was not expected.</summary>
    public static string Words(string html)
    {
        var main = html.IndexOf("<main", StringComparison.Ordinal);
        var words = Spaces().Replace(Tags().Replace(main < 0 ? html : html[main..], " "), " ").Trim();
        return WebUtility.HtmlDecode(words.Length > 300 ? words[..300] : words);
    }

    private static HtmlForm Read(Match form)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (Match input in Inputs().Matches(form.Value))
        {
            var type = Attribute(input.Value, "type");
            if (type is "checkbox" or "radio" && !input.Value.Contains(" checked", StringComparison.Ordinal))
                continue;
            if (Attribute(input.Value, "name") is { Length: > 0 } name)
                fields.Add(KeyValuePair.Create(name, Attribute(input.Value, "value") ?? ""));
        }
        return new HtmlForm(Attribute(form.Groups["open"].Value, "action") ?? "", fields);
    }

    private static string? Attribute(string tag, string name)
    {
        var at = tag.IndexOf($" {name}=\"", StringComparison.Ordinal);
        if (at < 0)
            return null;
        at += name.Length + 3;
        return WebUtility.HtmlDecode(tag[at..tag.IndexOf('"', at)]);
    }

    [GeneratedRegex("(?<open><form[^>]*>).*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Inputs();

    [GeneratedRegex("<style.*?</style>|<script.*?</script>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
