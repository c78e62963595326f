using System.Text;
using System.Text.Json;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Core.Witnessing;
using MyData.Web.Features.LedgerApi;

namespace MyData.Web.Features.Witness;

/// <summary>
/// The ledger's addresses for programs (<c>/ledger/v1</c>), as far as a witness answers them from its own copy of the first log of its
/// settings. A receipt bears the log's signature and this witness's; the policy that it says is the one for such a receipt.
/// </summary>
internal static class NodeReads
{
    public static void MapNodeReads(this RouteGroupBuilder group)
    {
        var read = group.MapGroup("").AddEndpointFilter(NodeAnswers.UnlessDamagedAsync);
        read.MapGet(ApiUrls.Record, RecordAsync);
        read.MapGet(ApiUrls.Entry, EntryAsync);
        read.MapGet(ApiUrls.Proof, ProofAsync);
        read.MapGet(ApiUrls.ByIndex, ByIndexAsync);
        read.MapGet(ApiUrls.Inclusion, InclusionAsync);
        read.MapGet(ApiUrls.Consistency, ConsistencyAsync);
        read.MapGet(ApiUrls.Policy, PolicyAsync);
        read.MapPost(ApiUrls.TagLookup, TagsAsync);
        read.MapGet(ApiUrls.OpenApi, () => Results.Stream(ApiDocument.Open(), "application/json"));
    }

    private static Task<IResult> RecordAsync(
        HttpContext context,
        WitnessReading reading,
        TimeProvider time,
        Guid id,
        CancellationToken token
    ) => FoundAsync(context, reading, time, id, (year, receipt) => Json(ApiRecord.Of(year, receipt)), token);

    private static Task<IResult> EntryAsync(
        HttpContext context,
        WitnessReading reading,
        TimeProvider time,
        Guid id,
        CancellationToken token
    ) =>
        FoundAsync(
            context,
            reading,
            time,
            id,
            (_, receipt) => Results.Bytes(receipt.Entry, "application/octet-stream"),
            token
        );

    private static Task<IResult> ProofAsync(
        HttpContext context,
        WitnessReading reading,
        TimeProvider time,
        Guid id,
        CancellationToken token
    ) =>
        FoundAsync(
            context,
            reading,
            time,
            id,
            (_, receipt) => Results.Text(receipt.Proof.ToBytes(), "text/plain; charset=utf-8"),
            token
        );

    private static async Task<IResult> ByIndexAsync(
        HttpContext context,
        WitnessReading reading,
        int year,
        long index,
        CancellationToken token
    )
    {
        NoCache(context);
        return Copy(reading, year) is { } copy && await ReceiptAsync(copy, index, token) is { } receipt
            ? Json(ApiRecord.Of(year, receipt))
            : NodeAnswers.NotFound();
    }

    private static async Task<IResult> InclusionAsync(
        HttpContext context,
        WitnessReading reading,
        int year,
        long index,
        long size,
        CancellationToken token
    )
    {
        NoCache(context);
        if (Copy(reading, year) is not { } copy || index < 0 || index >= size || size > copy.Size)
            return NodeAnswers.NotFound();
        return Json(new ApiInclusion(year, index, size, Lines(await copy.InclusionAsync(index, size, token))));
    }

    private static async Task<IResult> ConsistencyAsync(
        HttpContext context,
        WitnessReading reading,
        int year,
        long from,
        long to,
        CancellationToken token
    )
    {
        NoCache(context);
        if (Copy(reading, year) is not { } copy || from < 1 || from > to || to > copy.Size)
            return NodeAnswers.NotFound();
        return Json(new ApiConsistency(year, from, to, Lines(await copy.ConsistencyAsync(from, to, token))));
    }

    private static async Task<IResult> PolicyAsync(
        HttpContext context,
        Core.Witnessing.Witness witness,
        WitnessReading reading,
        TimeProvider time,
        CancellationToken token
    )
    {
        NoCache(context);
        foreach (var year in Years(time))
        {
            if (
                reading.OriginOf(year) is { } origin
                && await witness.ReadAsync($"{origin}/{ILogReader.Policy}", token) is { } policy
            )
                return Results.Text(Encoding.UTF8.GetString(policy), "text/plain", Encoding.UTF8);
        }
        return NodeAnswers.NotFound();
    }

    private static async Task<IResult> TagsAsync(
        HttpContext context,
        WitnessReading reading,
        int year,
        CancellationToken token
    )
    {
        NoCache(context);
        try
        {
            var tags = await ApiTags.ReadAsync(context);
            if (Copy(reading, year) is not { } copy)
                return NodeAnswers.NotFound();
            return await copy.TagsAsync(tags, token) is { } places
                ? Json(new ApiPlaces(year, copy.Size, places))
                : NodeAnswers.Indexing();
        }
        catch (LedgerException refusal) when (refusal.Code.StartsWith("sent.", StringComparison.Ordinal))
        {
            return ApiProblem.Of(refusal).Answer();
        }
    }

    private static async Task<IResult> FoundAsync(
        HttpContext context,
        WitnessReading reading,
        TimeProvider time,
        Guid id,
        Func<int, LedgerReceipt, IResult> answer,
        CancellationToken token
    )
    {
        NoCache(context);
        foreach (var year in Years(time))
        {
            if (Copy(reading, year) is not { } copy)
                continue;
            if (await copy.RecordAsync(id, token) is not { } index)
                return NodeAnswers.Indexing();
            if (await ReceiptAsync(copy, index, token) is { } receipt)
                return answer(year, receipt);
        }
        return NodeAnswers.NotFound();
    }

    private static async Task<LedgerReceipt?> ReceiptAsync(CopyReading copy, long index, CancellationToken token)
    {
        if (copy.At([index]) is not [var found])
            return null;
        var path = await copy.InclusionAsync(index, copy.Size, token);
        return new LedgerReceipt(found.Entry, new LogProof(index, path, copy.Note));
    }

    private static CopyReading? Copy(WitnessReading reading, int year) =>
        reading.OriginOf(year) is { } origin ? reading.Find(origin) : null;

    // Newest first; logs are kept for seven years at least (security.md 1.2).
    private static IEnumerable<int> Years(TimeProvider time)
    {
        var newest = time.GetUtcNow().Year + 1;
        return Enumerable.Range(0, MostYears).Select(back => newest - back);
    }

    private const int MostYears = 20;

    private static IResult Json<T>(T answer) => Results.Json(answer, ApiJson.Options);

    private static List<string> Lines(byte[] hashes) =>
        [.. hashes.Chunk(Merkle.HashSize).Select(Convert.ToBase64String)];

    private static void NoCache(HttpContext context) => context.Response.Headers.CacheControl = "no-cache";
}
