using System.Globalization;
using System.Text;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.LedgerApi;

/// <summary>
/// The auditor's search: by system, API, reason, time and result, newest first. A page looks at a bounded number of records, whatever is
/// asked, and its cursor goes on from there, into the years before too.
/// </summary>
internal static class SearchEndpoints
{
    private const int LongestCode = 256;

    public static void MapSearch(this RouteGroupBuilder read) => read.MapGet(ApiUrls.Records, SearchAsync);

    private static async Task<IResult> SearchAsync(
        HttpContext context,
        LedgerRecords records,
        OpenLogs logs,
        string? system,
        string? api,
        string? reason,
        string? time,
        string? result,
        string? cursor,
        CancellationToken token
    )
    {
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        var years = logs.All.Select(log => log.Year).OrderDescending().ToList();
        try
        {
            var (year, before) = Place(cursor, years);
            var (from, to) = Interval(time);
            var filter = new RecordFilter
            {
                System = Code(system),
                Api = Code(api),
                Reason = Code(reason),
                Result = Code(result),
                From = from,
                To = to,
            };
            if (await records.PageAsync(year, filter, before, token) is not { } page)
                return Results.Json(new ApiFound([], null, 0), ApiJson.Options);
            var found = page
                .Records.Select(one => new ApiRecord(year, one.Index, Encoding.UTF8.GetString(one.Entry), Proof: null))
                .ToList();
            return Results.Json(new ApiFound(found, Next(page, year, years), page.Looked), ApiJson.Options);
        }
        catch (LedgerException refusal)
        {
            return ApiProblem.Of(refusal).Answer();
        }
    }

    public static LedgerException NoCursor() => new("query.cursor", "The cursor is none that an answer gave.");

    private static string? Code(string? text) =>
        text is null or "" ? null
        : text.Length <= LongestCode ? text
        : throw new LedgerException("query.too_long", "A code has 256 characters at most.");

    // 2026-000000123: on below that place of that year's log; 2025: from its end.
    private static (int Year, long? Before) Place(string? cursor, IReadOnlyList<int> years)
    {
        if (string.IsNullOrEmpty(cursor))
            return (years.FirstOrDefault(), null);
        var parts = cursor.Split('-');
        if (
            parts.Length <= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            && years.Contains(year)
        )
        {
            if (parts.Length == 1)
                return (year, null);
            if (long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var before))
                return (year, before);
        }
        throw NoCursor();
    }

    private static string? Next(FoundRecords page, int year, IReadOnlyList<int> years) =>
        page.Next is { } next ? string.Create(CultureInfo.InvariantCulture, $"{year}-{next}")
        : years.FirstOrDefault(other => other < year) is var older and > 0
            ? older.ToString(CultureInfo.InvariantCulture)
        : null;

    // ISO 8601-1 §5.5.2: start/end, either of them open as "..".
    private static (DateTimeOffset? From, DateTimeOffset? To) Interval(string? time)
    {
        if (string.IsNullOrEmpty(time))
            return (null, null);
        var parts = time.Split('/');
        if (parts.Length != 2)
            throw Wrong();
        return (Moment(parts[0]), Moment(parts[1]));
    }

    private static DateTimeOffset? Moment(string text) =>
        text is "" or ".." ? null
        : DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var at
        )
            ? at
        : throw Wrong();

    private static LedgerException Wrong() =>
        new("query.time", "time is start/end, each as 2026-11-29T08:00:00Z, or '..' where it is open.");
}
