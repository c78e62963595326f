using System.Globalization;
using System.Resources;

namespace MyData.Web.Ui;

/// <summary>Dates as people here write them, in the page's language. Taiwan has one zone, UTC+8, and no summer time since 1980.</summary>
public static class Dates
{
    private const int YearsBeforeTheRepublic = 1911;
    private static readonly TimeSpan Zone = TimeSpan.FromHours(8);
    private static readonly ResourceManager Words = new(typeof(UiText));

    /// <summary>民國 115 年 3 月 12 日 10:21, or 12 March 2026, 10:21.</summary>
    public static string Text(DateTimeOffset at, bool dateOnly = false) => Format(dateOnly ? "Date" : "DateTime", at);

    public static string Text(DateOnly date) => Text(Start(date), dateOnly: true);

    /// <summary>The same point in the other calendar, for the hover text.</summary>
    public static string Other(DateTimeOffset at, bool dateOnly = false) =>
        Format(dateOnly ? "DateOther" : "DateTimeOther", at);

    /// <summary>Hours and minutes in Taiwan: 10:21.</summary>
    public static string Time(DateTimeOffset at) => at.ToOffset(Zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The day's first moment in Taiwan.</summary>
    public static DateTimeOffset Start(DateOnly date) => new(date, TimeOnly.MinValue, Zone);

    private static string Format(string words, DateTimeOffset at)
    {
        var local = at.ToOffset(Zone);
        return string.Format(
            CultureInfo.InvariantCulture,
            Words.GetString(words, CultureInfo.CurrentUICulture)!,
            local.Year - YearsBeforeTheRepublic,
            local
        );
    }
}
