using System.Globalization;
using MyData.Load.Flows;
using MyData.Load.Report;

namespace MyData.Load.Ledger;

/// <summary>Rates and answer times of a crowd of writers, as lines of the table.</summary>
internal static class LedgerFigures
{
    /// <param name="floor">records a second that must be reached</param>
    /// <param name="aim">that we try for</param>
    public static IEnumerable<Figure> Of(string name, CrowdResult result, int floor, int aim, string yardstick)
    {
        yield return new Figure
        {
            Name = $"{name}, a second",
            Target = string.Create(CultureInfo.InvariantCulture, $"≥ {floor:#,0} (aim {aim:#,0})"),
            Unit = "1/s",
            Samples = new Samples([result.PerSecond]),
            Met = result.PerSecond >= floor,
            Yardstick = yardstick,
        };
        yield return new Figure
        {
            Name = $"{name}, time of one",
            Target = "—",
            Unit = "ms",
            Samples = Milliseconds(result),
            Yardstick = string.Create(
                CultureInfo.InvariantCulture,
                $"p50 {1000 * result.Seconds.Median:0.0}, p99 {1000 * result.Seconds.Percentile(0.99):0.0}"
            ),
        };
    }

    /// <summary>Answer time with its floors: p99 and maximum in milliseconds.</summary>
    public static Figure AnswerTime(string name, CrowdResult result, double p99, double max) =>
        new()
        {
            Name = name,
            Target = string.Create(CultureInfo.InvariantCulture, $"p99 ≤ {p99:0} ms, max ≤ {max:0} ms"),
            Unit = "ms",
            Samples = Milliseconds(result),
            Met = 1000 * result.Seconds.Percentile(0.99) <= p99 && 1000 * result.Seconds.Max <= max,
            Yardstick = string.Create(
                CultureInfo.InvariantCulture,
                $"p99 {1000 * result.Seconds.Percentile(0.99):0.0}"
            ),
        };

    private static Samples Milliseconds(CrowdResult result) =>
        new(result.Seconds.Values.Select(seconds => 1000 * seconds));
}
