using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.Ledger;

/// <summary>
/// The log for strangers, as C2SP's static paths: anybody reads it, no cookie counts, and what is full never changes
/// (c2sp.org/tlog-tiles).
/// </summary>
public static class LedgerEndpoints
{
    private const string Text = "text/plain; charset=utf-8";
    private const string Bytes = "application/octet-stream";
    private const string Immutable = "public, max-age=31536000, immutable";

    public static void MapLedger(this IEndpointRouteBuilder app)
    {
        var log = app.MapGroup("").AllowAnonymous().RequireRateLimiting(LedgerSetup.RatePolicy);
        log.MapGet(LedgerUrls.Checkpoint, CheckpointAsync);
        log.MapGet(LedgerUrls.Policy, Policy);
        log.MapGet(LedgerUrls.Tile, TileAsync);
        log.MapGet(LedgerUrls.EvidenceRoute, EvidenceAsync);
        app.MapProofs();
    }

    private static Task<IResult> CheckpointAsync(
        HttpContext context,
        LedgerFiles files,
        int year,
        CancellationToken token
    ) => AnswerAsync(context, files, year, ILogReader.Checkpoint, Text, "no-cache", token);

    private static Task<IResult> TileAsync(
        HttpContext context,
        LedgerFiles files,
        int year,
        string path,
        CancellationToken token
    ) => AnswerAsync(context, files, year, $"tile/{path}", Bytes, Immutable, token);

    private static IResult Policy(HttpContext context, LedgerFiles files, int year)
    {
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return files.Policy(year) is { } policy ? TypedResults.Text(policy, Text) : TypedResults.NotFound();
    }

    /// <summary>Bytes of an incident, to be saved and never shown: whoever bent them chose what they say.</summary>
    private static async Task<IResult> EvidenceAsync(
        LedgerIncidents incidents,
        string id,
        string side,
        CancellationToken token
    ) =>
        side is LedgerUrls.Ours or LedgerUrls.Theirs
        && await incidents.EvidenceAsync(id, side == LedgerUrls.Theirs, token) is { } bytes
            ? TypedResults.Bytes(bytes, Bytes, $"{id[..12]}-{side}.bin")
            : TypedResults.NotFound();

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        LedgerFiles files,
        int year,
        string path,
        string type,
        string caching,
        CancellationToken token
    )
    {
        if (files.Find(year) is not { } log || await log.ReadAsync(path, token) is not { } bytes)
            return TypedResults.NotFound();
        context.Response.Headers.CacheControl = caching;
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return TypedResults.Bytes(bytes, type);
    }
}
