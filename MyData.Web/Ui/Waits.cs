using System.Globalization;
using System.Resources;

namespace MyData.Web.Ui;

/// <summary>How long something takes, in words and never shorter than it is: rounded up to what people count in.</summary>
public static class Waits
{
    private static readonly ResourceManager Words = new(typeof(UiText));

    /// <summary>Up to this, one does not notice a wait.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    /// <summary>From here on, one is better told when it is there.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    public static string Text(TimeSpan wait) =>
        wait <= AtOnce ? Format("WaitAtOnce", 0)
        : wait <= TimeSpan.FromSeconds(50) ? Format("WaitSeconds", Up(wait.TotalSeconds, 10))
        : wait <= TimeSpan.FromMinutes(1) ? Format("WaitMinute", 1)
        : wait <= TimeSpan.FromMinutes(90)
            ? Format("WaitMinutes", Up(wait.TotalMinutes, wait.TotalMinutes > 10 ? 5 : 1))
        : Format("WaitHours", Up(wait.TotalHours, 1));

    private static int Up(double value, int step) => (int)Math.Ceiling(value / step) * step;

    private static string Format(string words, int count) =>
        string.Format(CultureInfo.InvariantCulture, Words.GetString(words, CultureInfo.CurrentUICulture)!, count);
}
