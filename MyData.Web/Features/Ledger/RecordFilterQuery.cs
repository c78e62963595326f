using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Recording;
using MyData.Web.Ui;

namespace MyData.Web.Features.Ledger;

/// <summary>The filter in the address: <c>via</c>, <c>op</c>, <c>why</c>, <c>res</c>, <c>system</c>, <c>api</c>, <c>from</c>, <c>to</c> (days in Taipei). What cannot be read counts as not chosen.</summary>
public static class RecordFilterQuery
{
    private const string Day = "yyyy-MM-dd";
    private const int LongestCode = 256;

    public static RecordFilter Read(IQueryCollection query) =>
        new()
        {
            Via = Code(query["via"]),
            Operation = Code(query["op"]),
            Reason = Code(query["why"]),
            Result = Code(query["res"]),
            System = Code(query["system"]),
            Api = Code(query["api"]),
            From = Start(query["from"], days: 0),
            To = Start(query["to"], days: 1),
        };

    public static long? Before(IQueryCollection query) =>
        long.TryParse(query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : null;

    /// <summary>The same page further down.</summary>
    public static string Next(string path, IQueryCollection query, long before) =>
        QueryHelpers.AddQueryString(
            path,
            Kept(query).Append(KeyValuePair.Create("before", (string?)before.ToString(CultureInfo.InvariantCulture)))
        );

    /// <summary>The same question at another address.</summary>
    public static string At(string path, IQueryCollection query) => QueryHelpers.AddQueryString(path, Kept(query));

    private static IEnumerable<KeyValuePair<string, string?>> Kept(IQueryCollection query) =>
        query
            .Where(pair => pair.Key is "via" or "op" or "why" or "res" or "from" or "to" or "system" or "api" or "year")
            .Where(pair => pair.Value.ToString().Length > 0)
            .Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value.ToString()));

    private static string? Code(string? text) => text is { Length: > 0 and <= LongestCode } ? text.Trim() : null;

    private static DateTimeOffset? Start(string? day, int days) =>
        DateOnly.TryParseExact(day, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && date < DateOnly.MaxValue
        && date > DateOnly.MinValue
            ? Dates.Start(date.AddDays(days))
            : null;
}
