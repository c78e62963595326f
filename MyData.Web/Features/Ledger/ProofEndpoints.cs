using System.Globalization;
using System.Text;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.Ledger;

/// <summary>
/// What a browser checks the log with: receipts, proofs, and where tags stand. For anybody, no cookie counts, and each answer has a bound.
/// </summary>
public static class ProofEndpoints
{
    private const string Bytes = "application/octet-stream";

    public static void MapProofs(this IEndpointRouteBuilder app)
    {
        var log = app.MapGroup("").AllowAnonymous().RequireRateLimiting(LedgerSetup.RatePolicy);
        log.MapGet(LedgerUrls.ReceiptRoute, ReceiptAsync);
        log.MapGet(LedgerUrls.Consistency, ConsistencyAsync);
        log.MapPost(LedgerUrls.Proofs, ProofsAsync);
        log.MapPost(LedgerUrls.Tags, TagsAsync);
    }

    /// <summary>
    /// A receipt as one file: the <c>extra</c> line of c2sp.org/tlog-proof holds the record's bytes, so that it is verified without
    /// anything else.
    /// </summary>
    public static IResult File(LedgerReceipt receipt)
    {
        // The year's log is named after it.
        var log = Checkpoint.Parse(receipt.Proof.Checkpoint.Text.Span).Origin.Split('/')[^1];
        var file = new LogProof(
            receipt.Proof.Index,
            receipt.Proof.Path.ToArray(),
            receipt.Proof.Checkpoint,
            receipt.Entry
        );
        var name = string.Create(CultureInfo.InvariantCulture, $"mydata-{log}-{receipt.Proof.Index}.tlog-proof");
        return TypedResults.File(file.ToBytes(), Bytes, name);
    }

    private static async Task<IResult> ReceiptAsync(
        OpenLogs logs,
        LedgerReceipts receipts,
        int year,
        long index,
        CancellationToken token
    ) =>
        logs.Find(year) is { } log && await receipts.ForIndexAsync(log, index, token) is { } receipt
            ? File(receipt)
            : TypedResults.NotFound();

    /// <summary>That the log of one size begins with that of another: hashes in base64, a line each.</summary>
    private static async Task<IResult> ConsistencyAsync(
        OpenLogs logs,
        int year,
        long from,
        long to,
        CancellationToken token
    )
    {
        if (logs.Find(year) is not { Proven.Checkpoint.Size: var size } log)
            return TypedResults.NotFound();
        if (from < 1 || from > to || to > size)
            return TypedResults.BadRequest();
        return Lines(await log.Tree.ConsistencyAsync(from, to, token));
    }

    /// <summary>Hashes in base64, a line each.</summary>
    public static IResult Lines(byte[] proof)
    {
        var text = new StringBuilder();
        foreach (var hash in proof.Chunk(Merkle.HashSize))
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        return TypedResults.Text(text.ToString(), "text/plain; charset=utf-8");
    }

    /// <summary>Records, and their paths in the tree of one size.</summary>
    private static async Task<IResult> ProofsAsync(
        OpenLogs logs,
        LedgerRecords records,
        int year,
        ProofsRequest asked,
        CancellationToken token
    )
    {
        if (logs.Find(year) is not { Proven.Checkpoint.Size: var size } log)
            return TypedResults.NotFound();
        if (asked.Places(size) is not { } places)
            return TypedResults.BadRequest();
        var proven = new List<ProvenRecord>(places.Count);
        foreach (var one in await records.AtAsync(log, places, token))
            proven.Add(
                new ProvenRecord(one.Index, one.Entry, await log.Tree.InclusionAsync(one.Index, asked.Size, token))
            );
        return TypedResults.Json(new { records = proven });
    }

    /// <summary>Where tags stand: <see cref="TagQuestion"/>.</summary>
    private static async Task<IResult> TagsAsync(
        HttpRequest request,
        OpenLogs logs,
        LedgerRecords records,
        int year,
        CancellationToken token
    )
    {
        if (logs.Find(year) is not { } log)
            return TypedResults.NotFound();
        if (await TagQuestion.ReadAsync(request, token) is not { } tags)
            return TypedResults.BadRequest();
        return TypedResults.Bytes(TagQuestion.Answer(await records.FindAsync(log, tags, token)), Bytes);
    }
}

public sealed record ProofsRequest
{
    public required long Size { get; init; }
    public required IReadOnlyList<long> Indices { get; init; }

    private const int MostProofs = 64;

    /// <summary>The places, each once; null where there are none, too many, or some that are not in a tree of this size.</summary>
    /// <param name="size">of the newest tree that is shown</param>
    public HashSet<long>? Places(long size)
    {
        var places = Indices.ToHashSet();
        return Size <= size && places.Count is > 0 and <= MostProofs && places.All(at => at >= 0 && at < Size)
            ? places
            : null;
    }
}

/// <param name="Path">the hashes from the leaf to the root, one after the other</param>
public sealed record ProvenRecord(long Index, byte[] Entry, byte[] Path);
