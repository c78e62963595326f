using System.Text;
using System.Text.Json;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.LedgerApi;

/// <summary>Proofs, keys and the policy, for whoever checks; and a check for whoever cannot.</summary>
internal static class LogEndpoints
{
    public static void MapLogs(this RouteGroupBuilder read)
    {
        read.MapGet(ApiUrls.Inclusion, InclusionAsync);
        read.MapGet(ApiUrls.Consistency, ConsistencyAsync);
        read.MapPost(ApiUrls.TagLookup, TagsAsync);
        read.MapGet(ApiUrls.Policy, Policy);
        read.MapGet(ApiUrls.Keys, KeysAsync);
        read.MapPost(ApiUrls.Verify, VerifyAsync);
        read.MapGet(ApiUrls.OpenApi, OpenApi);
    }

    private static async Task<IResult> InclusionAsync(
        HttpContext context,
        OpenLogs logs,
        int year,
        long index,
        long size,
        CancellationToken token
    )
    {
        Open(context);
        if (Proven(logs, year) is not { } log || index < 0 || index >= size || size > log.Size)
            return NotFound();
        var path = await log.Open.Tree.InclusionAsync(index, size, token);
        return Results.Json(new ApiInclusion(year, index, size, Lines(path)), ApiJson.Options);
    }

    private static async Task<IResult> ConsistencyAsync(
        HttpContext context,
        OpenLogs logs,
        int year,
        long from,
        long to,
        CancellationToken token
    )
    {
        Open(context);
        if (Proven(logs, year) is not { } log || from < 1 || from > to || to > log.Size)
            return NotFound();
        var proof = await log.Open.Tree.ConsistencyAsync(from, to, token);
        return Results.Json(new ApiConsistency(year, from, to, Lines(proof)), ApiJson.Options);
    }

    private static async Task<IResult> TagsAsync(
        HttpContext context,
        OpenLogs logs,
        LedgerRecords records,
        int year,
        CancellationToken token
    )
    {
        Open(context);
        try
        {
            var tags = await ApiTags.ReadAsync(context);
            if (Proven(logs, year) is not { } log)
                return NotFound();
            var places = await records.FindAsync(log.Open, tags, token);
            // A record that enough witnesses have not seen yet is nobody's to read.
            var seen = places.Select(place => place < log.Size ? place : -1).ToArray();
            return Results.Json(new ApiPlaces(year, log.Size, seen), ApiJson.Options);
        }
        catch (LedgerException refusal)
        {
            return ApiProblem.Of(refusal).Answer();
        }
    }

    private static IResult Policy(
        HttpContext context,
        OpenLogs logs,
        LedgerFiles files,
        PolicyHistory history,
        string? digest
    )
    {
        Open(context);
        if (!string.IsNullOrEmpty(digest))
            return history.Find(digest) is { } version
                ? Results.Text(version, "text/plain", Encoding.UTF8)
                : NotFound();
        return logs.Current is { } log && files.Policy(log.Year) is { } policy
            ? Results.Text(policy, "text/plain", Encoding.UTF8)
            : NotFound();
    }

    private static async Task<IResult> KeysAsync(HttpContext context, ClientKeys keys, CancellationToken token)
    {
        Open(context);
        var all = await keys.ListAsync(token);
        var shown = all.Select(key => new ApiKey(
            key.Client,
            key.Kid,
            key.Algorithm,
            Convert.ToBase64String(key.Der),
            key.AddedAt,
            key.RevokedAt
        ));
        return Results.Json(new ApiKeys([.. shown]), ApiJson.Options);
    }

    private static async Task<IResult> VerifyAsync(HttpContext context, LedgerFiles files, OpenLogs logs)
    {
        try
        {
            var body = await ApiBody.ReadAsync(context, ApiBody.MaxRecord);
            var asked = JsonSerializer.Deserialize<ApiVerify>(body.Span, ApiJson.Options) ?? throw new JsonException();
            var proof = LogProof.Parse(Encoding.UTF8.GetBytes(asked.Proof));
            var origin = Checkpoint.Parse(proof.Checkpoint.Text.Span).Origin;
            if (logs.All.FirstOrDefault(log => log.Origin == origin) is not { } log)
                throw new LedgerException("policy.log_unknown", "The receipt is of no log of this platform.");
            var policy = WitnessPolicy.Parse(Encoding.UTF8.GetBytes(files.Policy(log.Year)!));
            var size = proof.Verify(policy, Encoding.UTF8.GetBytes(asked.Entry)).Size;
            var names = policy.Judge(proof.Checkpoint, out _).Cosigners.Select(one => one.Name);
            return Results.Json(new ApiVerified(origin, proof.Index, size, [.. names]), ApiJson.Options);
        }
        catch (JsonException)
        {
            return ApiProblem.Of(400, "sent.json", "The body is an object with entry and proof, both texts.").Answer();
        }
        catch (LedgerException refusal)
        {
            return ApiProblem.Of(refusal).Answer();
        }
    }

    private static IResult OpenApi(HttpContext context)
    {
        Open(context);
        return Results.Stream(ApiDocument.Open(), "application/json");
    }

    // A log as far as enough witnesses have seen it.
    private static (OpenLog Open, long Size)? Proven(OpenLogs logs, int year) =>
        logs.Find(year) is { Proven.Checkpoint.Size: var size } log ? (log, size) : null;

    private static List<string> Lines(byte[] hashes) =>
        [.. hashes.Chunk(Merkle.HashSize).Select(Convert.ToBase64String)];

    private static IResult NotFound() =>
        ApiProblem.Of(404, ApiProblem.NotFound, "No such log, or not of this size.").Answer();

    // Anybody's page may read what is everybody's.
    private static void Open(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.AccessControlAllowOrigin = "*";
    }
}
