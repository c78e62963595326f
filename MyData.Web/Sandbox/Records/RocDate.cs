using System.Globalization;

namespace MyData.Web.Sandbox.Records;

/// <summary>Dates as the agencies write them: year of the Republic, month, day, seven digits (protocols.md B3).</summary>
public static class RocDate
{
    /// <summary>The day up to which the made-up records run.</summary>
    public static DateOnly RecordsEnd { get; } = new(2026, 6, 30);

    public static string Write(DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"{day.Year - 1911:D3}{day.Month:D2}{day.Day:D2}");
}
