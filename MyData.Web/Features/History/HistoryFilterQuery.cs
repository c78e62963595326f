using System.Globalization;
using MyData.Core.History;

namespace MyData.Web.Features.History;

/// <summary>The filter as it stands in the address. What cannot be read is left out, as if she had not chosen it.</summary>
public static class HistoryFilterQuery
{
    private const string Day = "yyyy-MM-dd";
    private const string OldestFirst = "oldest";

    public static HistoryFilter Read(IQueryCollection query) =>
        new()
        {
            Topic = Choice<HistoryTopic>(query["topic"]),
            DataSetId = query["dataset"].ToString() is { Length: > 0 and <= 100 } id ? id : null,
            From = Date(query["from"]),
            To = Date(query["to"]),
            Result = Choice<HistoryResult>(query["result"]),
            OldestFirst = query["order"] == OldestFirst,
        };

    public static long? Cursor(IQueryCollection query) =>
        long.TryParse(query["cursor"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    public static string Write(HistoryFilter filter, long? cursor = null)
    {
        var query = new QueryString();
        foreach (var (name, value) in Parts(filter, cursor))
            if (value is { Length: > 0 })
                query = query.Add(name, value);
        return query.ToString();
    }

    public static string Write(DateOnly? date) => date?.ToString(Day, CultureInfo.InvariantCulture) ?? "";

    private static IEnumerable<(string Name, string? Value)> Parts(HistoryFilter filter, long? cursor) =>
        [
            ("topic", filter.Topic?.ToString()),
            ("dataset", filter.DataSetId),
            ("from", Write(filter.From)),
            ("to", Write(filter.To)),
            ("result", filter.Result?.ToString()),
            ("order", filter.OldestFirst ? OldestFirst : null),
            ("cursor", cursor?.ToString(CultureInfo.InvariantCulture)),
        ];

    // By name only: Enum.TryParse would take numbers too.
    private static T? Choice<T>(string? text)
        where T : struct, Enum => Enum.GetNames<T>().Contains(text) ? Enum.Parse<T>(text!) : null;

    private static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && date.Year is > 1900 and < 2200
            ? date
            : null;
}
