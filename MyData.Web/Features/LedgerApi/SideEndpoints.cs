using MyData.Core.Ledger;
using MyData.Core.Transfers;

namespace MyData.Web.Features.LedgerApi;

/// <summary>One transfer as the platform recorded it and as the asking system reported it.</summary>
/// <param name="Transfer">null: the platform knows no such transfer</param>
/// <param name="Report">the id that the report has, or must have</param>
/// <param name="State">open, waiting, agreed, missing, differs, unneeded, unknown</param>
/// <param name="Differences">sender, person, dataset, result, seal, fields</param>
/// <param name="Result">the platform's: ok, none, or a code</param>
public sealed record ApiSide(
    Guid? Transfer,
    Guid Report,
    string Op,
    string? Dataset,
    string State,
    IReadOnlyList<string> Differences,
    DateTimeOffset? EndedAt,
    DateTimeOffset? DueAt,
    string? Result,
    string? Seal,
    DateTimeOffset? ReportedAt,
    string? ReportedResult,
    string? ReportedSeal
)
{
    public static ApiSide Of(SideView side) =>
        new(
            side.TransferId,
            side.ReportId,
            side.Operation,
            side.DataSetId,
            side.State.ToString().ToLowerInvariant(),
            side.Differences,
            side.EndedAt,
            side.DueAt,
            side.Result,
            side.Seal,
            side.ReportedAt,
            side.ReportedResult,
            side.ReportedSeal
        );
}

/// <param name="Next">asked as <c>before</c>, gives the page that comes after; null on the last</param>
public sealed record ApiSides(IReadOnlyList<ApiSide> Sides, Guid? Next);

/// <summary>What a system reported of its transfers, for itself alone.</summary>
internal static class SideEndpoints
{
    public static void MapSides(this RouteGroupBuilder read) => read.MapGet(ApiUrls.Sides, SidesAsync);

    private static async Task<IResult> SidesAsync(
        HttpContext context,
        ReadSignature signature,
        TransferSides sides,
        string? which,
        Guid? before,
        CancellationToken token
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            var client = await signature.RequireAsync(context.Request, token);
            if (
                !Enum.TryParse<SideChoice>(which ?? "open", ignoreCase: true, out var choice) || !Enum.IsDefined(choice)
            )
                throw new LedgerException(
                    "read.which",
                    "which is open, missing, differs, unknown, late, waiting or all."
                );
            var page = await sides.PageAsync(choice, client, before, token);
            return Results.Json(new ApiSides([.. page.Sides.Select(ApiSide.Of)], page.Next), ApiJson.Options);
        }
        catch (LedgerException refusal)
        {
            return ApiProblem.Of(refusal).Answer();
        }
    }
}
