using System.Globalization;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

/// <summary>A record about the one who asks; of one that is held, its place and that it is, and nothing else.</summary>
/// <param name="At">when, by the record</param>
/// <param name="Receipt">where its proof is</param>
public sealed record ApiAccess(int Year, long Index, DateTimeOffset At, string Receipt)
{
    public Guid? Id { get; init; }

    /// <summary>Which data set, of whom.</summary>
    public string? From { get; init; }

    /// <summary>Who received.</summary>
    public string? To { get; init; }

    /// <summary>Who recorded it.</summary>
    public string? Via { get; init; }
    public string? Op { get; init; }

    /// <summary>Code of the purpose, or of the legal basis.</summary>
    public string? Why { get; init; }
    public string? Res { get; init; }
    public IReadOnlyList<string>? Fld { get; init; }

    /// <summary>Of her history, which a complaint names; none where another system recorded it.</summary>
    public long? Line { get; init; }
    public ApiHold? Held { get; init; }

    public static ApiAccess Of(PersonAccess access)
    {
        var record = access.Record;
        if (access.Hold is { } hold)
            return new(
                access.Year,
                access.Index,
                record.Time,
                ApiUrls.InclusionOf(access.Year, access.Index, access.Size)
            )
            {
                Held = new(hold.Until, hold.By),
            };
        return new(access.Year, access.Index, record.Time, $"{ApiUrls.Of(record.Id)}/proof")
        {
            Id = record.Id,
            From = record.From,
            To = record.To,
            Via = record.Via,
            Op = record.Operation,
            Why = record.Reason,
            Res = record.Result,
            Fld = record.Fields,
            Line = access.Line,
        };
    }
}

/// <param name="Until">from then on the whole is shown</param>
/// <param name="By">code of the law</param>
public sealed record ApiHold(DateTimeOffset Until, string By);

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
