using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Transfers;

namespace MyData.Core.Counter;

/// <summary>A package as a clerk gets it: the cipher text of the relay behind a head with the one entry that her browser opens.</summary>
public sealed record ClerkPackage(Transfer Transfer, string Head);

/// <summary>Mode 2, the clerk's side after the redemption: fetch, note, take over, and be through. One browser, one session.</summary>
public sealed class CounterView(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    IReleaseGate gate,
    HandOvers handOvers,
    CounterServices services,
    INotices notices,
    CounterSettings settings,
    TimeProvider time
)
{
    /// <summary>The packages that were handed to this browser; null where none were, or it is through with them.</summary>
    public async Task<TicketView?> FindAsync(Clerk clerk, Guid ticketId, CancellationToken token = default)
    {
        var since = time.GetUtcNow() - settings.View;
        await using var db = await databases.CreateDbContextAsync(token);
        var ticket = await db.Set<CounterTicket>().FirstOrDefaultAsync(Redemption.Seen(clerk, ticketId, since), token);
        return ticket is null ? null : new(ticket, await CounterTickets.ItemsAsync(db, ticket.Id, token));
    }

    /// <summary>One of them. The record of who looks at what is durable, and proven, before the first byte leaves.</summary>
    /// <exception cref="CounterException">counter.not_yours, counter.package_gone.</exception>
    /// <exception cref="Ledger.LedgerException"><see cref="Writing.Unavailable"/></exception>
    public async Task<ClerkPackage> OpenAsync(
        Clerk clerk,
        Guid ticketId,
        Guid transferId,
        CancellationToken token = default
    )
    {
        var view = await FindAsync(clerk, ticketId, token) ?? throw new CounterException(CounterCodes.NotYours);
        var item = view.Items.FirstOrDefault(i => i.TransferId == transferId);
        if (item?.Entry is not { } entry)
            throw new CounterException(CounterCodes.NotYours);
        if (await handOvers.FindAsync([transferId], token) is not [var transfer])
            throw new CounterException(CounterCodes.PackageGone);
        var head = SealedPackageHead.ForRecipient(transfer.Head!, entry);
        var service = await services.FindAnyAsync(view.Ticket.ServiceId, token);
        var opened = await writer.WriteAsync(
            scope => Opened(scope, clerk, view.Ticket, item, transfer, service),
            token
        );
        if (!opened)
            throw new CounterException(CounterCodes.NotYours);
        await gate.PassAsync(token);
        return new(transfer, Encoding.UTF8.GetString(head.Raw.Span));
    }

    /// <summary>She prints what she sees: told to the citizen, once. False where this browser has nothing to print.</summary>
    public Task<bool> PrintedAsync(Clerk clerk, Guid ticketId, CancellationToken token = default) =>
        writer.WriteAsync(
            scope =>
            {
                if (Own(scope, clerk, ticketId) is not { } ticket)
                    return false;
                if (CounterEvents.Count(scope, ticket, EventKinds.CounterPrinted) > 0)
                    scope.Bookkeeping();
                else
                    scope.Raise(
                        CounterEvents.Happened(EventKinds.CounterPrinted, clerk.Actor, ticket, office: clerk.Office)
                    );
                return true;
            },
            token
        );

    /// <summary>"Next citizen": the hand-over is acknowledged, and the packages that wait for nothing else are deleted.</summary>
    public Task<bool> FinishAsync(Clerk clerk, Guid ticketId, CancellationToken token = default) =>
        writer.WriteAsync(
            scope =>
            {
                if (Own(scope, clerk, ticketId) is not { } ticket || !Redemption.Finish(scope, ticket))
                    return false;
                scope.Raise(
                    CounterEvents.Happened(EventKinds.CounterFinished, clerk.Actor, ticket, office: clerk.Office)
                );
                return true;
            },
            token
        );

    internal CounterTicket? Own(WriteScope scope, Clerk clerk, Guid ticketId) =>
        scope
            .Db.Set<CounterTicket>()
            .AsNoTracking()
            .FirstOrDefault(Redemption.Seen(clerk, ticketId, scope.Now - settings.View));

    /// <summary>Told once for each package. False where she is through meanwhile.</summary>
    private bool Opened(
        WriteScope scope,
        Clerk clerk,
        CounterTicket ticket,
        CounterItemRow item,
        Transfer transfer,
        CounterServiceListing? service
    )
    {
        if (Own(scope, clerk, ticket.Id) is null)
            return false;
        var first = !scope.Db.Set<CounterItemRow>().Any(i => i.TicketId == ticket.Id && i.OpenedAt != null);
        var marked = scope
            .Db.Set<CounterItemRow>()
            .Where(i => i.TicketId == item.TicketId && i.TransferId == item.TransferId && i.OpenedAt == null)
            .ExecuteUpdate(set => set.SetProperty(i => i.OpenedAt, (DateTimeOffset?)scope.Now));
        if (marked != 1)
            return true;
        CounterLocks.Succeeded(scope, clerk);
        scope.Raise(
            CounterEvents.Happened(
                EventKinds.CounterOpened,
                clerk.Actor,
                ticket,
                office: clerk.Office,
                item: item,
                seal: transfer.SealDigest
            )
        );
        if (first)
            notices.Queue(
                scope,
                ticket.CitizenId,
                NoticeKinds.CounterShown,
                new
                {
                    when = scope.Now,
                    service = service?.Name,
                    office = service?.Office(clerk.Office)?.Name,
                    consent = ticket.ConsentId,
                }
            );
        return true;
    }
}
