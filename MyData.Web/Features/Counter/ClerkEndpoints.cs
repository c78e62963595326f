using Microsoft.AspNetCore.Mvc;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Counter;
using MyData.Core.Transfers;
using MyData.Web.Features.Catalog;
using MyData.Web.Features.Staff;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Counter;

/// <summary>The calls of the clerk's screen. What she may ask for is what this browser of hers has scanned, by its session.</summary>
public static class ClerkEndpoints
{
    public static void MapClerk(this IEndpointRouteBuilder app)
    {
        var desk = app.MapGroup("").RequireAuthorization(StaffClaims.Clerk).WithMetadata(PersonLimit.Counter);
        desk.MapPost(CounterUrls.ScanRoute, ScanAsync).RequireForm();
        desk.MapGet(CounterUrls.DeskRoute + "/state", StateAsync).DisableHttpMetrics();
        desk.MapPost(CounterUrls.DeskRoute + "/reveal", RevealAsync).RequireForm();
        desk.MapPost(CounterUrls.DeskRoute + "/card", CardAsync).RequireForm();
        desk.MapGet(CounterUrls.DeskRoute + "/packages", PackagesAsync);
        desk.MapGet(CounterUrls.DeskRoute + "/packages/{transferId:guid}", PackageAsync);
        desk.MapPost(CounterUrls.DeskRoute + "/printed", PrintedAsync).RequireForm();
        desk.MapPost(CounterUrls.DeskRoute + "/case", CaseAsync).RequireForm();
        desk.MapPost(CounterUrls.DeskRoute + "/takeover", TakeOverAsync).RequireForm();
        desk.MapPost(CounterUrls.DeskRoute + "/next", NextAsync).RequireForm();
    }

    private static async Task<IResult> ScanAsync(
        HttpContext context,
        CounterDesk desk,
        ClerkOf clerks,
        CounterServices services,
        TimeProvider time,
        [FromForm] string? number,
        [FromForm] string? commitment
    )
    {
        var answer = await desk.ScanAsync(clerks.Read(context), number ?? "", commitment, context.RequestAborted);
        if (answer.Ticket is not { } ticket)
            return CounterAnswers.Refused(answer.Code, answer.Until);
        var service = await services.FindAnyAsync(ticket.ServiceId, context.RequestAborted);
        return Results.Json(
            new
            {
                ticket = ticket.Id,
                ticket.Printed,
                left = (int)(ticket.ReservedUntil!.Value - time.GetUtcNow()).TotalSeconds,
                service = service?.Name.Here(),
                office = service?.Office(ticket.Office!)?.Name.Here(),
            }
        );
    }

    /// <summary>Held back until there is something new, 20 s at most.</summary>
    private static async Task<IResult> StateAsync(
        HttpContext context,
        Guid ticketId,
        int? seen,
        CounterDesk desk,
        ClerkOf clerks,
        TimeProvider time
    )
    {
        var ticket = await desk.NextAsync(clerks.Read(context), ticketId, seen ?? -1, context.RequestAborted);
        return ticket is null
            ? CounterAnswers.Refused(CounterCodes.NotYours)
            : Results.Json(
                new
                {
                    ticket.Version,
                    state = HolderEndpoints.State(ticket, time.GetUtcNow()),
                    ticket.Code,
                    holderKey = HolderEndpoints.Key(ticket.HolderKey),
                    ticket.HolderNonce,
                }
            );
    }

    private static async Task<IResult> RevealAsync(
        HttpContext context,
        Guid ticketId,
        CounterDesk desk,
        ClerkOf clerks,
        [FromForm] string? key,
        [FromForm] string? nonce
    ) => Of(await desk.RevealAsync(clerks.Read(context), ticketId, key ?? "", nonce ?? "", context.RequestAborted));

    private static async Task<IResult> CardAsync(
        HttpContext context,
        Guid ticketId,
        CounterDesk desk,
        ClerkOf clerks,
        [FromForm] string? card
    ) => Of(await desk.RedeemPrintedAsync(clerks.Read(context), ticketId, card ?? "", context.RequestAborted));

    private static async Task<IResult> PackagesAsync(
        HttpContext context,
        Guid ticketId,
        CounterView view,
        ClerkOf clerks,
        CounterPages pages
    ) =>
        await view.FindAsync(clerks.Read(context), ticketId, context.RequestAborted) is { } found
            ? Results.Json(await pages.ForClerkAsync(found, context.RequestAborted))
            : CounterAnswers.Refused(CounterCodes.NotYours);

    private static async Task<IResult> PackageAsync(
        HttpContext context,
        Guid ticketId,
        Guid transferId,
        CounterView view,
        ClerkOf clerks,
        Relay relay
    )
    {
        ClerkPackage package;
        try
        {
            package = await view.OpenAsync(clerks.Read(context), ticketId, transferId, context.RequestAborted);
        }
        catch (CounterException refused)
        {
            return CounterAnswers.Refused(refused.Code);
        }
        context.Response.ContentType = "application/jose+json";
        context.Response.ContentLength = Relay.LengthOf(package.Transfer, package.Head);
        try
        {
            await relay.SendAsync(package.Transfer, package.Head, context.Response.Body, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // Gone, or too slow: the length is announced, so the browser knows that it is not the whole.
            context.Abort();
        }
        return Results.Empty;
    }

    private static async Task<IResult> PrintedAsync(
        HttpContext context,
        Guid ticketId,
        CounterView view,
        ClerkOf clerks
    ) => Done(await view.PrintedAsync(clerks.Read(context), ticketId, context.RequestAborted));

    private static Task<IResult> CaseAsync(
        HttpContext context,
        Guid ticketId,
        CounterCases cases,
        ClerkOf clerks,
        [FromForm] string? number
    ) =>
        CounterAnswers.StepAsync(async () =>
            Done(await cases.NoteAsync(clerks.Read(context), ticketId, number ?? "", context.RequestAborted))
        );

    private static Task<IResult> TakeOverAsync(
        HttpContext context,
        Guid ticketId,
        CounterCases cases,
        ClerkOf clerks,
        [FromForm] string? number,
        [FromForm] string? digests
    ) =>
        CounterAnswers.StepAsync(async () =>
        {
            if (CounterAnswers.Entries(digests, asText: true) is not { } read)
                return CounterAnswers.Refused(CounterCodes.Malformed);
            var files = new TakeOver(number ?? "", read);
            var statement = await cases.TakeOverAsync(clerks.Read(context), ticketId, files, context.RequestAborted);
            return Results.Json(new { statement });
        });

    private static async Task<IResult> NextAsync(HttpContext context, Guid ticketId, CounterView view, ClerkOf clerks)
    {
        // Twice is as good as once: what matters is that nothing is left.
        await view.FinishAsync(clerks.Read(context), ticketId, context.RequestAborted);
        return Results.NoContent();
    }

    private static IResult Of(DeskAnswer answer) =>
        answer.IsOk ? Results.NoContent() : CounterAnswers.Refused(answer.Code, answer.Until);

    private static IResult Done(bool done) =>
        done ? Results.NoContent() : CounterAnswers.Refused(CounterCodes.NotYours);
}
