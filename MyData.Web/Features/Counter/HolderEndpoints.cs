using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using MyData.Core.Catalog;
using MyData.Core.Counter;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Counter;

/// <summary>The calls of a ticket's module, in the browser of whoever shows it.</summary>
public static class HolderEndpoints
{
    public static void MapHolder(this IEndpointRouteBuilder app)
    {
        var calls = app.MapGroup(CounterUrls.CallsRoute);
        calls.MapGet("/state", StateAsync).WithMetadata(PersonLimit.Counter).DisableHttpMetrics();
        calls.MapGet("/heads", HeadsAsync).WithMetadata(PersonLimit.Counter);
        calls.MapPost("/print", PrintAsync).RequireForm().WithMetadata(PersonLimit.Counter);
        calls.MapPost("/answer", AnswerAsync).RequireForm().WithMetadata(PersonLimit.Counter);
        calls.MapPost("/confirm", ConfirmAsync).RequireForm().WithMetadata(PersonLimit.Counter);
        calls.MapPost("/decline", DeclineAsync).RequireForm().WithMetadata(PersonLimit.Counter);
    }

    /// <summary>Held back until there is something new, 20 s at most.</summary>
    private static async Task<IResult> StateAsync(
        HttpContext context,
        Guid ticketId,
        int? seen,
        HolderSide holder,
        CounterServices services,
        CounterAgents agents,
        TimeProvider time
    )
    {
        var (person, stop) = (context.User.GetCitizenId(), context.RequestAborted);
        if (await holder.NextAsync(person, ticketId, seen ?? -1, stop) is not { Ticket: var ticket })
            return CounterAnswers.Refused(CounterCodes.Over);
        var service = await services.FindAnyAsync(ticket.ServiceId, stop);
        var held = ticket.State == TicketState.Reserved && ticket.ReservedUntil > time.GetUtcNow();
        var agent = ticket.CitizenId == person ? await agents.OfConsentAsync(person, ticket.ConsentId, stop) : null;
        return Results.Json(
            new
            {
                ticket.Version,
                state = State(ticket, time.GetUtcNow()),
                ticket.Code,
                left = held ? (int)(ticket.ReservedUntil!.Value - time.GetUtcNow()).TotalSeconds : 0,
                office = held && ticket.Office is { } office ? service?.Office(office)?.Name.Here() : null,
                commitment = held ? ticket.Commitment : null,
                answered = held && ticket.HolderKey is not null,
                clerkKey = held ? Key(ticket.ClerkKey) : null,
                clerkNonce = held ? ticket.ClerkNonce : null,
                // Her page comes again, and hands on.
                agentWaits = agent?.State == AgentState.Accepted
                    && !ticket.Printed
                    && ticket.IsFree(time.GetUtcNow())
                    && ticket.HolderId == ticket.CitizenId,
            }
        );
    }

    private static async Task<IResult> HeadsAsync(HttpContext context, Guid ticketId, HolderSide holder) =>
        await CounterAnswers.StepAsync(async () =>
            await holder.HeadsAsync(context.User.GetCitizenId(), ticketId, context.RequestAborted) is { } heads
                ? Results.Json(heads.ToDictionary(head => head.Key.ToString(), head => head.Value))
                : CounterAnswers.Refused(CounterCodes.Over)
        );

    private static Task<IResult> PrintAsync(
        HttpContext context,
        Guid ticketId,
        HolderSide holder,
        [FromForm] string? entries
    ) =>
        WithEntriesAsync(
            entries,
            read => holder.PrintAsync(context.User.GetCitizenId(), ticketId, read, context.RequestAborted)
        );

    private static Task<IResult> AnswerAsync(
        HttpContext context,
        Guid ticketId,
        HolderSide holder,
        [FromForm] string? key,
        [FromForm] string? nonce
    ) =>
        CounterAnswers.StepAsync(async () =>
        {
            await holder.AnswerAsync(
                context.User.GetCitizenId(),
                ticketId,
                key ?? "",
                nonce ?? "",
                context.RequestAborted
            );
            return Results.NoContent();
        });

    private static Task<IResult> ConfirmAsync(
        HttpContext context,
        Guid ticketId,
        HolderSide holder,
        [FromForm] string? entries
    ) =>
        WithEntriesAsync(
            entries,
            read => holder.ConfirmAsync(context.User.GetCitizenId(), ticketId, read, context.RequestAborted)
        );

    private static Task<IResult> DeclineAsync(
        HttpContext context,
        Guid ticketId,
        HolderSide holder,
        [FromForm] string? code
    ) =>
        CounterAnswers.StepAsync(async () =>
        {
            var why = code == CounterCodes.Commitment ? CounterCodes.Commitment : CounterCodes.Declined;
            await holder.DeclineAsync(context.User.GetCitizenId(), ticketId, why, context.RequestAborted);
            return Results.NoContent();
        });

    internal static Task<IResult> WithEntriesAsync(string? json, Func<IReadOnlyDictionary<Guid, string>, Task> step) =>
        CounterAnswers.StepAsync(async () =>
        {
            if (CounterAnswers.Entries(json) is not { } entries)
                return CounterAnswers.Refused(CounterCodes.Malformed);
            await step(entries);
            return Results.NoContent();
        });

    /// <summary>Held by nobody any more: open again.</summary>
    internal static string State(CounterTicket ticket, DateTimeOffset now) =>
        ticket.State == TicketState.Reserved && ticket.ReservedUntil <= now
            ? "open"
            : ticket.State.ToString().ToLowerInvariant();

    internal static JsonElement? Key(string? jwk) =>
        jwk is null ? null
        : MyData.Core.Encryption.Jwk.Parse(jwk) is var key ? JsonElement.Parse(key.WithKid(key.Thumbprint()).ToJson())
        : null;
}
