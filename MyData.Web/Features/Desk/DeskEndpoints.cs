using Microsoft.AspNetCore.Mvc;
using MyData.Core.History;
using MyData.Core.Watch;
using MyData.Web.Features.SignIn;
using MyData.Web.Features.Staff;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Desk;

public static class DeskEndpoints
{
    public static void AddDesk(this WebApplicationBuilder builder) => builder.Services.AddSingleton<SideWords>();

    public static void MapDesk(this IEndpointRouteBuilder app)
    {
        app.MapGet(DeskUrls.TransfersCsv, CsvAsync)
            .RequireAuthorization(StaffClaims.HelpDesk)
            .RequireRateLimiting(SignInSetup.RatePolicy);
        // Before the page of the same address, which would otherwise answer the form too.
        app.MapPost(DeskUrls.ComplaintRoute, AnswerAsync)
            .RequireAuthorization(StaffClaims.HelpDesk)
            .RequireRateLimiting(SignInSetup.RatePolicy)
            .WithOrder(-1);
    }

    /// <summary>Like what goes out of the auditor's room: an event before its first byte.</summary>
    private static async Task<IResult> CsvAsync(
        HttpContext context,
        SideWords words,
        Alarms alarms,
        string? which,
        string? client
    )
    {
        await alarms.ExportedAsync(context.User.GetStaffId(), "transfers", context.RequestAborted);
        return Results.Stream(
            output =>
                words.CsvAsync(
                    SideWords.Choice(which),
                    client is { Length: > 0 } ? client : null,
                    output,
                    context.RequestAborted
                ),
            "text/csv; charset=utf-8",
            "mydata-transfers.csv"
        );
    }

    /// <summary>First "is this right?", then the answer; the second click of a double click finds it answered, and is told so.</summary>
    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        ComplaintDesk desk,
        string number,
        [FromForm] string? answer,
        [FromForm] string? step
    )
    {
        var form = new AnswerForm { Answer = answer ?? "", Problem = ComplaintDesk.Problem(answer ?? "") };
        if (form.Problem is not null)
            return context.Page(form, StatusCodes.Status422UnprocessableEntity);
        if (step != "send")
            return context.Page(form with { IsAsked = step != "change" }, StatusCodes.Status200OK);
        var request = new AnswerRequest
        {
            Number = number,
            StaffId = context.User.GetStaffId(),
            Answer = form.Answer,
        };
        var code = await desk.AnswerAsync(request, context.RequestAborted);
        return code is "ok" ? new SeeOther(DeskUrls.Done(number)) : new SeeOther(DeskUrls.Settled(number));
    }
}
