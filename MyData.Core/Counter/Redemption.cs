using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Counter;

/// <summary>The one redemption of a ticket: a single conditional update, whoever asks and however many do.</summary>
internal static class Redemption
{
    /// <summary>Reserved and in time: what can be redeemed now.</summary>
    public static IQueryable<CounterTicket> Ready(WriteScope scope, Expression<Func<CounterTicket, bool>> whose) =>
        scope
            .Db.Set<CounterTicket>()
            .Where(whose)
            .Where(t => t.State == TicketState.Reserved && t.ReservedUntil > scope.Now && t.ExpiresAt > scope.Now);

    /// <summary><see cref="Ready"/> → Redeemed. 1 where this call did it, else 0.</summary>
    public static int Redeem(IQueryable<CounterTicket> ready, DateTimeOffset now) =>
        ready.ExecuteUpdate(set =>
            set.SetProperty(t => t.State, TicketState.Redeemed)
                .SetProperty(t => t.RedeemedAt, (DateTimeOffset?)now)
                .SetProperty(t => t.Version, t => t.Version + 1)
        );

    /// <summary>Redeemed by this browser, and for no longer than she may look.</summary>
    public static Expression<Func<CounterTicket, bool>> Seen(Clerk clerk, Guid ticketId, DateTimeOffset since) =>
        t =>
            t.Id == ticketId
            && t.ClerkId == clerk.Id
            && t.ClerkSessionId == clerk.SessionId
            && t.State == TicketState.Redeemed
            && t.RedeemedAt > since;

    /// <summary>Free, or held by this very browser, or no longer held → Reserved for her.</summary>
    public static int Reserve(WriteScope scope, Guid ticketId, Clerk clerk, string? commitment, DateTimeOffset until) =>
        scope
            .Db.Set<CounterTicket>()
            .Where(t => t.Id == ticketId && t.ExpiresAt > scope.Now)
            .Where(t =>
                t.State == TicketState.Open
                || (
                    t.State == TicketState.Reserved
                    && (t.ReservedUntil <= scope.Now || t.ClerkSessionId == clerk.SessionId)
                )
            )
            .ExecuteUpdate(set =>
                set.SetProperty(t => t.State, TicketState.Reserved)
                    .SetProperty(t => t.ClerkId, (Guid?)clerk.Id)
                    .SetProperty(t => t.ClerkSessionId, (Guid?)clerk.SessionId)
                    .SetProperty(t => t.Office, clerk.Office)
                    .SetProperty(t => t.ReservedUntil, (DateTimeOffset?)until)
                    .SetProperty(t => t.Commitment, commitment)
                    .SetProperty(t => t.HolderKey, (string?)null)
                    .SetProperty(t => t.HolderNonce, (string?)null)
                    .SetProperty(t => t.ClerkKey, (string?)null)
                    .SetProperty(t => t.ClerkNonce, (string?)null)
                    .SetProperty(t => t.Version, t => t.Version + 1)
            );

    /// <summary>Redeemed → Finished; its entries are gone, and the packages that no other ticket waits with.</summary>
    public static bool Finish(WriteScope scope, CounterTicket ticket)
    {
        var finished = scope
            .Db.Set<CounterTicket>()
            .Where(t => t.Id == ticket.Id && t.State == TicketState.Redeemed)
            .ExecuteUpdate(set =>
                set.SetProperty(t => t.State, TicketState.Finished)
                    .SetProperty(t => t.EndedAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(t => t.Version, t => t.Version + 1)
            );
        if (finished != 1)
            return false;
        CounterTickets.DropEntries(scope, ticket.Id);
        var packages = scope
            .Db.Set<CounterItemRow>()
            .Where(item => item.TicketId == ticket.Id)
            .Select(item => item.TransferId)
            .ToList();
        foreach (var package in packages.Where(package => !IsAgreedElsewhere(scope, package)))
            Transfers.HandOvers.End(scope, package);
        return true;
    }

    private static bool IsAgreedElsewhere(WriteScope scope, Guid package) =>
        scope
            .Db.Set<CounterItemRow>()
            .Any(item =>
                item.TransferId == package
                && scope
                    .Db.Set<CounterTicket>()
                    .Any(t =>
                        t.Id == item.TicketId
                        && (
                            t.State == TicketState.Redeemed
                            || (t.State <= TicketState.Reserved && t.ExpiresAt > scope.Now)
                        )
                    )
            );
}
