using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Counter;

/// <summary>What came of a clerk's try: a code, and where it is <c>ok</c> the ticket as it stands then.</summary>
/// <param name="Until">where the clerk, her device or her office is closed: until when</param>
public sealed record DeskAnswer(string Code, CounterTicket? Ticket = null, DateTimeOffset? Until = null)
{
    public bool IsOk => Code == "ok";
}

/// <summary>Mode 2, the clerk's side up to the redemption: scan, reveal, and for a printed ticket the four characters.</summary>
public sealed class CounterDesk(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    CounterServices services,
    CitizenAccounts accounts,
    CounterRefusals refusals,
    TicketBell bell,
    CounterSettings settings
)
{
    /// <summary>The scan: holds the ticket for this clerk's browser for two minutes. Again in the same browser it begins anew.</summary>
    /// <param name="commitment">of the browser's fresh key and nonce; a printed ticket needs none</param>
    public async Task<DeskAnswer> ScanAsync(
        Clerk clerk,
        string number,
        string? commitment,
        CancellationToken token = default
    )
    {
        if (!TicketNumber.TryParse(number, out var read) || !Handshake.IsCommitment(commitment))
            return new(CounterCodes.Malformed);
        var known = await FindAsync(read, token);
        var office =
            known is not null && await services.FindAsync(known.ServiceId, token) is { } service
                ? service.Office(clerk.Office)
                : null;
        var answer = await writer.WriteAsync(
            scope =>
            {
                if (CounterLocks.Find(scope, clerk) is { } closed)
                    return new DeskAnswer(closed.Code, Until: closed.Until);
                var ticket = known is null ? null : Read(scope, known.Id);
                if (ticket is null)
                    return refusals.Wrong(scope, clerk, null, CounterCodes.Unknown);
                if (office is null)
                    return refusals.Wrong(scope, clerk, ticket, CounterCodes.OtherOffice);
                var until = scope.Now + settings.Reservation;
                if (Redemption.Reserve(scope, ticket.Id, clerk, commitment, until) != 1)
                    return refusals.Refuse(scope, clerk, ticket, WhyNot(ticket, scope.Now));
                // Held by this browser already: her history was told.
                if (ticket.State == TicketState.Reserved && ticket.ClerkSessionId == clerk.SessionId)
                    scope.Bookkeeping();
                else
                    scope.Raise(
                        CounterEvents.Happened(EventKinds.CounterScanned, clerk.Actor, ticket, office: clerk.Office)
                    );
                return new DeskAnswer("ok", Read(scope, ticket.Id));
            },
            token
        );
        if (answer.Ticket is { } held)
            bell.Ring(held.Id);
        return answer;
    }

    /// <summary>After the holder's key and nonce: what the clerk committed to.</summary>
    public async Task<DeskAnswer> RevealAsync(
        Clerk clerk,
        Guid ticketId,
        string key,
        string nonce,
        CancellationToken token = default
    )
    {
        try
        {
            Handshake.Require(key, nonce);
        }
        catch (CounterException malformed)
        {
            return new(malformed.Code);
        }
        var answer = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var revealed = scope
                    .Db.Set<CounterTicket>()
                    .Where(t => t.Id == ticketId && t.ClerkSessionId == clerk.SessionId)
                    .Where(t => t.State == TicketState.Reserved && t.ReservedUntil > scope.Now)
                    .Where(t => t.HolderKey != null && t.ClerkKey == null)
                    .ExecuteUpdate(set =>
                        set.SetProperty(t => t.ClerkKey, key)
                            .SetProperty(t => t.ClerkNonce, nonce)
                            .SetProperty(t => t.Version, t => t.Version + 1)
                    );
                return revealed == 1
                    ? new DeskAnswer("ok", Read(scope, ticketId))
                    : new DeskAnswer(CounterCodes.NotYours);
            },
            token
        );
        if (answer.Ticket is { } ticket)
            bell.Ring(ticket.Id);
        return answer;
    }

    /// <summary>The ticket that this browser has scanned, as soon as it is another than was seen; null where it holds no such one.</summary>
    public Task<CounterTicket?> NextAsync(Clerk clerk, Guid ticketId, int seen, CancellationToken token) =>
        bell.NextAsync(ticketId, () => OwnAsync(clerk, ticketId, token), t => t.Version > seen, token);

    /// <summary>
    /// Printed: the four last characters of the ID card before her, the citizen's or her agent's, are the confirmation. Wrong ones count
    /// against the clerk, and end the ticket at the fifth. Of a ticket that cannot be redeemed now they are not judged.
    /// </summary>
    public async Task<DeskAnswer> RedeemPrintedAsync(
        Clerk clerk,
        Guid ticketId,
        string card,
        CancellationToken token = default
    )
    {
        if (card.Length != 4 || await OwnAsync(clerk, ticketId, token) is not { Printed: true } held)
            return new(CounterCodes.NotYours);
        var right = await IsCardOfAsync(held, card, token);
        var answer = await writer.WriteAsync(
            scope =>
            {
                if (CounterLocks.Find(scope, clerk) is { } closed)
                    return new DeskAnswer(closed.Code, Until: closed.Until);
                var hers = Redemption.Ready(scope, t => t.Id == held.Id && t.ClerkSessionId == clerk.SessionId);
                if (hers.Any() && !right)
                    return refusals.WrongCard(scope, clerk, held);
                if (Redemption.Redeem(hers, scope.Now) != 1)
                    return refusals.Refuse(scope, clerk, held, WhyNot(Read(scope, held.Id)!, scope.Now));
                CounterAgents.Done(scope, held.ConsentId);
                scope.Raise(
                    CounterEvents.Happened(EventKinds.CounterConfirmed, clerk.Actor, held, office: clerk.Office)
                );
                return new DeskAnswer("ok", Read(scope, held.Id));
            },
            token
        );
        bell.Ring(held.Id);
        return answer;
    }

    private async Task<bool> IsCardOfAsync(CounterTicket ticket, string card, CancellationToken token)
    {
        var right = false;
        // Both, whichever it is: how long it takes tells nobody whose it was.
        foreach (var person in await PeopleAsync(ticket, token))
        {
            var identity = await accounts.FindIdentityAsync(person, token);
            right |=
                identity is not null
                && CryptographicOperations.FixedTimeEquals(
                    Encoding.UTF8.GetBytes(identity.Id.Value[^4..]),
                    Encoding.UTF8.GetBytes(card)
                );
        }
        return right;
    }

    private async Task<IReadOnlyList<Guid>> PeopleAsync(CounterTicket ticket, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return CounterAgents.AcceptedOf(db, ticket.ConsentId) is { } agent
            ? [ticket.CitizenId, agent]
            : [ticket.CitizenId];
    }

    private async Task<CounterTicket?> FindAsync(TicketNumber number, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<CounterTicket>().FirstOrDefaultAsync(t => t.Number == number.Value, token);
    }

    private async Task<CounterTicket?> OwnAsync(Clerk clerk, Guid ticketId, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<CounterTicket>()
            .FirstOrDefaultAsync(t => t.Id == ticketId && t.ClerkSessionId == clerk.SessionId, token);
    }

    private static CounterTicket? Read(WriteScope scope, Guid id) =>
        scope.Db.Set<CounterTicket>().AsNoTracking().FirstOrDefault(t => t.Id == id);

    private static string WhyNot(CounterTicket ticket, DateTimeOffset now) =>
        ticket switch
        {
            { State: TicketState.Redeemed or TicketState.Finished } => CounterCodes.Used,
            { State: TicketState.Ended } => ticket.Code ?? CounterCodes.Expired,
            _ when ticket.ExpiresAt <= now => CounterCodes.Expired,
            { State: TicketState.Making } => CounterCodes.NotReady,
            { State: TicketState.Reserved } => CounterCodes.Reserved,
            _ => CounterCodes.Over,
        };
}
