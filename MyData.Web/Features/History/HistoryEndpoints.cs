using System.Globalization;
using System.Net.Mime;
using MyData.Core.Data;
using MyData.Core.History;
using MyData.Web.Hosting;

namespace MyData.Web.Features.History;

public static class HistoryEndpoints
{
    public static void MapHistory(this IEndpointRouteBuilder app)
    {
        app.MapGet(HistoryUrls.Csv, Csv).WithMetadata(PersonLimit.Exports);
        app.MapGet(HistoryUrls.Json, Json).WithMetadata(PersonLimit.Exports);
        app.MapLineProofs();
        // Before the page of the same address, which would otherwise answer the form too.
        app.MapPost(HistoryUrls.ComplainRoute, ComplainAsync)
            .RequireForm()
            .WithOrder(-1)
            .WithMetadata(
                PersonLimit.Changes,
                new EndpointLimit($"person: {Complaints.MostADay} a day (`complaint.too-many`)")
            );
    }

    private static IResult Csv(HttpContext context, HistoryQueries history, HistoryExport export, TimeProvider time)
    {
        var lines = history.ExportAsync(context.User.GetCitizenId(), HistoryFilterQuery.Read(context.Request.Query));
        return Results.Stream(
            output => export.CsvAsync(lines, output, context.RequestAborted),
            "text/csv; charset=utf-8",
            FileName(time, "csv")
        );
    }

    private static IResult Json(HttpContext context, HistoryQueries history, HistoryExport export, TimeProvider time)
    {
        var filter = HistoryFilterQuery.Read(context.Request.Query);
        var lines = history.ExportAsync(context.User.GetCitizenId(), filter);
        return Results.Stream(
            output => export.JsonAsync(lines, filter, time.GetUtcNow(), output, context.RequestAborted),
            MediaTypeNames.Application.Json,
            FileName(time, "json")
        );
    }

    /// <summary>Files a complaint; what is wrong with the form is said on the form, with what she typed still in it.</summary>
    private static async Task<IResult> ComplainAsync(
        HttpContext context,
        Complaints complaints,
        long lineId,
        CancellationToken cancellationToken
    )
    {
        var sent = await context.Request.ReadFormAsync(cancellationToken);
        var form = new ComplaintForm
        {
            Submission = Guid.TryParse(sent["submission"], out var submission) ? submission : Ids.New(),
            Choice = sent["choice"],
            Words = sent["words"].ToString(),
        };
        form = form with { Problems = [.. Complaints.Problems(form.Choice, form.Words)] };
        if (form.Problems.Count > 0)
            return context.Page(form, StatusCodes.Status422UnprocessableEntity);
        var outcome = await complaints.FileAsync(
            new ComplaintRequest
            {
                CitizenId = context.User.GetCitizenId(),
                LineId = lineId,
                SubmissionId = form.Submission,
                Choice = form.Choice,
                Words = form.Words,
            },
            cancellationToken
        );
        return outcome switch
        {
            { Number: { } number } => new SeeOther(HistoryUrls.Complaint(number)),
            { Code: Complaints.NoLine } => Results.NotFound(),
            _ => context.Page(form with { Problems = [outcome.Code] }, StatusCodes.Status429TooManyRequests),
        };
    }

    private static string FileName(TimeProvider time, string extension) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"mydata-history-{time.GetUtcNow().ToOffset(TimeSpan.FromHours(8)):yyyyMMdd}.{extension}"
        );
}
