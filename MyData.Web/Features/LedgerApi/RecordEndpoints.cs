using System.Text;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.LedgerApi;

/// <summary>Records of other systems: taken, and given back with their receipts.</summary>
internal static class RecordEndpoints
{
    private const string Waited = "durable";

    public static void MapRecords(this RouteGroupBuilder written, RouteGroupBuilder read)
    {
        written.MapPost(ApiUrls.Records, AddAsync);
        written.MapPost(ApiUrls.Batch, AddBatchAsync);
        read.MapGet(ApiUrls.Record, FindAsync);
        read.MapGet(ApiUrls.Entry, EntryAsync);
        read.MapGet(ApiUrls.Proof, ProofAsync);
        read.MapGet(ApiUrls.ByIndex, ByIndexAsync);
    }

    private static Task<IResult> AddAsync(HttpContext context, LedgerIntake intake, string? wait) =>
        AnswerAsync(
            context,
            wait,
            ApiBody.MaxRecord,
            async (body, durable) =>
            {
                var result = await intake.TakeAsync(body, durable, context.RequestAborted);
                if (result.Refusal is { } refusal)
                    return ApiProblem.Of(refusal).Answer();
                var record = ApiRecord.Of(result);
                return Results.Json(record, ApiJson.Options, statusCode: StatusOf(result));
            }
        );

    private static Task<IResult> AddBatchAsync(HttpContext context, LedgerIntake intake, string? wait) =>
        AnswerAsync(
            context,
            wait,
            ApiBody.MaxBatch,
            async (body, durable) =>
            {
                var results = await intake.TakeBatchAsync(body, durable, context.RequestAborted);
                return Results.Json(new ApiItems([.. results.Select(Item)]), ApiJson.Options);
            }
        );

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        string? wait,
        int limit,
        Func<ReadOnlyMemory<byte>, bool, Task<IResult>> take
    )
    {
        try
        {
            if (wait is not (null or Waited))
                throw new LedgerException("sent.wait", "wait is durable, or left out.");
            return await take(await ApiBody.ReadAsync(context, limit), wait is Waited);
        }
        catch (LedgerException refusal)
        {
            return ApiProblem.Of(refusal).Answer();
        }
    }

    private static ApiItem Item(IntakeResult result) =>
        result.Refusal is { } refusal
            ? Item(ApiProblem.Of(refusal))
            : new ApiItem(StatusOf(result), ApiRecord.Of(result), Problem: null);

    private static ApiItem Item(ApiProblem problem) => new(problem.Status, Record: null, problem);

    // Whoever did not wait has no receipt, be it new or not.
    private static int StatusOf(IntakeResult result) =>
        result.Receipt is null ? StatusCodes.Status202Accepted
        : result.Outcome == SentOutcome.Recorded ? StatusCodes.Status201Created
        : StatusCodes.Status200OK;

    private static Task<IResult> FindAsync(
        HttpContext context,
        LedgerReceipts receipts,
        OpenLogs logs,
        Guid id,
        CancellationToken token
    ) => FoundAsync(context, receipts.ForIdAsync(id, token), receipt => Json(logs, receipt));

    private static Task<IResult> EntryAsync(
        HttpContext context,
        LedgerReceipts receipts,
        Guid id,
        CancellationToken token
    ) =>
        FoundAsync(
            context,
            receipts.ForIdAsync(id, token),
            receipt => Results.Bytes(receipt.Entry, "application/octet-stream")
        );

    private static Task<IResult> ProofAsync(
        HttpContext context,
        LedgerReceipts receipts,
        Guid id,
        CancellationToken token
    ) =>
        FoundAsync(
            context,
            receipts.ForIdAsync(id, token),
            receipt => Results.Text(receipt.Proof.ToBytes(), "text/plain; charset=utf-8")
        );

    private static Task<IResult> ByIndexAsync(
        HttpContext context,
        LedgerReceipts receipts,
        OpenLogs logs,
        int year,
        long index,
        CancellationToken token
    ) =>
        FoundAsync(
            context,
            logs.Find(year) is { } log
                ? receipts.ForIndexAsync(log, index, token)
                : Task.FromResult<LedgerReceipt?>(null),
            receipt => Json(logs, receipt)
        );

    private static IResult Json(OpenLogs logs, LedgerReceipt receipt)
    {
        var origin = Checkpoint.Parse(receipt.Proof.Checkpoint.Text.Span).Origin;
        var year = logs.All.First(log => log.Origin == origin).Year;
        return Results.Json(ApiRecord.Of(year, receipt), ApiJson.Options);
    }

    private static async Task<IResult> FoundAsync(
        HttpContext context,
        Task<LedgerReceipt?> receipt,
        Func<LedgerReceipt, IResult> answer
    )
    {
        // The receipt's checkpoint is a newer one at each asking.
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return await receipt is { } found
            ? answer(found)
            : ApiProblem.Of(404, ApiProblem.NotFound, "No record that witnesses have seen is there.").Answer();
    }
}
