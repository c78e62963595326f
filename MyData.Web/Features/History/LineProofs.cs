using MyData.Core.Recording;
using MyData.Core.Transfers;
using MyData.Web.Features.Ledger;
using MyData.Web.Hosting;

namespace MyData.Web.Features.History;

/// <summary>What her own browser checks her history with, and the receipts that she takes along.</summary>
public static class LineProofs
{
    public static void MapLineProofs(this IEndpointRouteBuilder app)
    {
        app.MapGet(HistoryUrls.Ledger, LedgerAsync).WithMetadata(PersonLimit.Checks);
        app.MapGet(HistoryUrls.LineReceiptRoute, ReceiptAsync).WithMetadata(PersonLimit.Checks);
    }

    /// <summary>Her key, and where the record of each of her lines stands, other ends' reports of her transfers, and what is held. The times are milliseconds since 1970.</summary>
    private static async Task<IResult> LedgerAsync(
        HttpContext context,
        PersonLedger ledger,
        PersonAccesses accesses,
        TransferSides sides
    )
    {
        var citizen = context.User.GetCitizenId();
        var lines = await ledger.LinesAsync(citizen, context.RequestAborted);
        var reports = await sides.ReportsAsync(citizen, context.RequestAborted);
        var places = await ledger.PlacesAsync(reports, context.RequestAborted);
        var held = await accesses.HeldAsync(citizen, context.RequestAborted);
        return TypedResults.Json(
            new
            {
                key = await ledger.KeyAsync(citizen, context.RequestAborted),
                lines = lines.Select(line => new
                {
                    id = line.EventId,
                    t = line.At.ToUnixTimeMilliseconds(),
                    op = line.Kind,
                    res = line.Code,
                    year = line.Year,
                    index = line.Index,
                }),
                sides = places.Select(place => new
                {
                    report = place.Record,
                    year = place.Year,
                    index = place.Index,
                }),
                held = held.Select(access => new
                {
                    year = access.Year,
                    index = access.Index,
                    until = access.Hold.Until.ToUnixTimeMilliseconds(),
                    by = access.Hold.By,
                }),
            }
        );
    }

    private static async Task<IResult> ReceiptAsync(HttpContext context, PersonLedger ledger, long lineId)
    {
        var receipt = await ledger.ReceiptAsync(context.User.GetCitizenId(), lineId, context.RequestAborted);
        return receipt is null ? TypedResults.NotFound() : ProofEndpoints.File(receipt);
    }
}
