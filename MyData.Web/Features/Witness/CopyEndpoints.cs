using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using MyData.Core.Ledger;
using MyData.Core.Witnessing;
using MyData.Web.Features.Ledger;

namespace MyData.Web.Features.Witness;

/// <summary>
/// A copy below <c>/origin</c>: the files of C2SP's static paths, and what the portal answers below <c>/ledger/{year}</c>, by the same names
/// and in the same form, so that her browser holds the one against the other.
/// </summary>
internal static class CopyEndpoints
{
    private const string Bytes = "application/octet-stream";

    // An origin has slashes, and what is asked of it stands behind.
    private const string Below = "/{**path}";
    private const int MostProofsBody = 8 * 1024;

    public static void MapCopies(this RouteGroupBuilder read)
    {
        var copies = read.MapGroup("").AddEndpointFilter(NodeAnswers.UnlessDamagedAsync);
        copies.MapGet("/", Describe);
        copies.MapPost(Below, PostAsync);
        copies.MapMethods(Below, [HttpMethods.Options], CrossOrigin.Ask);
    }

    public static void MapFiles(this RouteGroupBuilder files) =>
        files.MapGroup("").AddEndpointFilter(NodeAnswers.UnlessDamagedAsync).MapGet(Below, GetAsync);

    private static async Task<IResult> GetAsync(
        HttpContext context,
        Core.Witnessing.Witness witness,
        WitnessReading reading,
        string path,
        CancellationToken token
    )
    {
        if (witness.IsAway(path))
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        var (origin, asked) = Split(path);
        if (asked == "consistency" && reading.Find(origin) is { } copy)
            return await ConsistencyAsync(context.Request.Query, copy, token);
        if (await witness.ReadAsync(path, token) is not { } bytes)
            return TypedResults.NotFound();
        var isTile = path.Contains("/tile/", StringComparison.Ordinal);
        context.Response.Headers.CacheControl = isTile ? "public, max-age=31536000, immutable" : "no-cache";
        return TypedResults.Bytes(bytes, isTile ? Bytes : "text/plain; charset=utf-8");
    }

    private static async Task<IResult> PostAsync(
        HttpContext context,
        WitnessReading reading,
        string path,
        CancellationToken token
    )
    {
        var (origin, asked) = Split(path);
        if (reading.Find(origin) is not { } copy)
            return TypedResults.NotFound();
        return asked switch
        {
            "tags" => await TagsAsync(context.Request, copy, token),
            "proofs" => await ProofsAsync(context, copy, token),
            _ => TypedResults.NotFound(),
        };
    }

    /// <summary>Where tags stand: <see cref="TagQuestion"/>. It knows at least what a checkpoint covers that was read before the question.</summary>
    private static async Task<IResult> TagsAsync(HttpRequest request, CopyReading copy, CancellationToken token)
    {
        if (await TagQuestion.ReadAsync(request, token) is not { } tags)
            return TypedResults.BadRequest();
        return await copy.TagsAsync(tags, token) is { } places
            ? TypedResults.Bytes(TagQuestion.Answer(places), Bytes)
            : NodeAnswers.Indexing();
    }

    private static async Task<IResult> ProofsAsync(HttpContext context, CopyReading copy, CancellationToken token)
    {
        if (await ReadAsync(context, token) is not { } asked || asked.Places(copy.Size) is not { } places)
            return TypedResults.BadRequest();
        var proven = new List<ProvenRecord>(places.Count);
        foreach (var (index, entry) in copy.At(places))
            proven.Add(new ProvenRecord(index, entry, await copy.InclusionAsync(index, asked.Size, token)));
        return TypedResults.Json(new { records = proven });
    }

    private static async Task<IResult> ConsistencyAsync(
        IQueryCollection query,
        CopyReading copy,
        CancellationToken token
    )
    {
        var (from, to) = (Size(query["from"]), Size(query["to"]));
        return from >= 1 && from <= to && to <= copy.Size
            ? ProofEndpoints.Lines(await copy.ConsistencyAsync(from, to, token))
            : TypedResults.BadRequest();
    }

    private static long Size(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1;

    /// <summary>Its key, and what it has of which log.</summary>
    private static IResult Describe(Core.Witnessing.Witness witness)
    {
        var logs = witness.Logs.Select(log => FormattableString.Invariant($"{log.Origin} {log.Size}\n"));
        return TypedResults.Text($"{witness.Key}\n{string.Concat(logs)}", "text/plain; charset=utf-8");
    }

    private static async Task<ProofsRequest?> ReadAsync(HttpContext context, CancellationToken token)
    {
        if (!context.Request.HasJsonContentType())
            return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MostProofsBody;
        try
        {
            return await context.Request.ReadFromJsonAsync<ProofsRequest>(token);
        }
        catch (Exception refused) when (refused is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static (string Origin, string Asked) Split(string path) =>
        path.LastIndexOf('/') is var at and > 0 ? (path[..at], path[(at + 1)..]) : ("", path);
}
