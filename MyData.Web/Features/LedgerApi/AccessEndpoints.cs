using System.Globalization;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

/// <summary>A record about the one who asks.</summary>
/// <param name="At">when, by the record</param>
/// <param name="From">which data set, of whom</param>
/// <param name="To">who received</param>
/// <param name="Via">who recorded it</param>
/// <param name="Why">code of the purpose, or of the legal basis</param>
/// <param name="Receipt">where its proof is</param>
/// <param name="Line">of her history, which a complaint names; none where another system recorded it</param>
public sealed record ApiAccess(
    int Year,
    long Index,
    Guid Id,
    DateTimeOffset At,
    string From,
    string To,
    string Via,
    string Op,
    string Why,
    string Res,
    IReadOnlyList<string> Fld,
    string Receipt,
    long? Line
)
{
    public static ApiAccess Of(PersonAccess access)
    {
        var record = access.Record;
        return new(
            access.Year,
            access.Index,
            record.Id,
            record.Time,
            record.From,
            record.To,
            record.Via,
            record.Operation,
            record.Reason,
            record.Result,
            record.Fields,
            $"{ApiUrls.Of(record.Id)}/proof",
            access.Line
        );
    }
}

/// <param name="Cursor">where to go on; none on the last page</param>
public sealed record ApiAccesses(IReadOnlyList<ApiAccess> Accesses, string? Cursor);

/// <summary>What is recorded about whoever is signed in: the one address here at which a cookie counts, and the answer is nobody else's.</summary>
internal static class AccessEndpoints
{
    public static void MapAccesses(this IEndpointRouteBuilder app) =>
        app.MapGet(ApiUrls.Accesses, AccessesAsync).WithMetadata(PersonLimit.Checks, ApiProblem.SignedOut);

    private static async Task<IResult> AccessesAsync(
        HttpContext context,
        PersonAccesses accesses,
        OpenLogs logs,
        string? cursor,
        CancellationToken token
    )
    {
        context.Response.Headers.CacheControl = "private, no-store";
        try
        {
            var page = await accesses.PageAsync(context.User.GetCitizenId(), Place(cursor, logs), token);
            var next = page.Next is { } place
                ? string.Create(CultureInfo.InvariantCulture, $"{place.Year}-{place.Before}")
                : null;
            return Results.Json(new ApiAccesses([.. page.Accesses.Select(ApiAccess.Of)], next), ApiJson.Options);
        }
        catch (LedgerException refusal)
        {
            return ApiProblem.Of(refusal).Answer();
        }
    }

    private static AccessCursor? Place(string? cursor, OpenLogs logs)
    {
        if (string.IsNullOrEmpty(cursor))
            return null;
        if (
            cursor.Split('-') is [var year, var before]
            && int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var log)
            && logs.Find(log) is not null
            && long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
        )
            return new AccessCursor(log, place);
        throw new LedgerException("query.cursor", "The cursor is none that an answer gave.");
    }
}
