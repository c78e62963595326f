using System.Globalization;
using System.Resources;
using System.Text;

namespace MyData.Core.Notifications;

/// <summary>
/// The words of the notices, NoticeText.resx and NoticeText.en.resx beside it. Core knows no localizer of ASP.NET, so it
/// reads its resources itself. A value is put in once and as text: braces in it mean nothing.
/// </summary>
public static class NoticeText
{
    private const int YearsBeforeTheRepublic = 1911;

    // No summer time since 1980.
    private static readonly TimeSpan Taipei = TimeSpan.FromHours(8);
    private static readonly ResourceManager Resources = new(typeof(NoticeText));

    /// <summary>The subject of the mail, one line.</summary>
    public static string Subject(string kind, IReadOnlyDictionary<string, string> values, CultureInfo language) =>
        Fill($"{kind}.Subject", values, language);

    /// <summary>The mail: what happened, then how to reach us.</summary>
    public static string Body(string kind, IReadOnlyDictionary<string, string> values, CultureInfo language) =>
        Fill($"{kind}.Body", values, language) + Fill("Foot", values, language);

    /// <summary>The line in the portal.</summary>
    public static string Line(string kind, IReadOnlyDictionary<string, string> values, CultureInfo language) =>
        Fill($"{kind}.Line", values, language);

    /// <summary>A date in the calendar of the language: years of the Republic (Gregorian year less 1911) in zh-TW.</summary>
    public static string Day(DateOnly date, CultureInfo language) =>
        Format("Date", date.ToDateTime(TimeOnly.MinValue), language);

    /// <summary>A date and the clock of Taipei.</summary>
    public static string Moment(DateTimeOffset time, CultureInfo language) =>
        Format("DateTime", time.ToOffset(Taipei).DateTime, language);

    private static string Format(string key, DateTime local, CultureInfo language) =>
        string.Format(CultureInfo.InvariantCulture, Find(key, language), local.Year - YearsBeforeTheRepublic, local);

    private static string Find(string key, CultureInfo language) =>
        Resources.GetString(key, language) ?? throw new MissingManifestResourceException($"No words for '{key}'.");

    private static string Fill(string key, IReadOnlyDictionary<string, string> values, CultureInfo language)
    {
        var template = Find(key, language);
        var result = new StringBuilder(template.Length);
        for (var i = 0; i < template.Length; i++)
        {
            var end = template[i] == '{' ? template.IndexOf('}', i) : -1;
            if (end < 0)
            {
                result.Append(template[i]);
                continue;
            }
            result.Append(values.GetValueOrDefault(template[(i + 1)..end]));
            i = end;
        }
        return result.ToString();
    }
}
