using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Transfers;

namespace MyData.Core.Counter;

/// <summary>What she decided on the page of a counter's service.</summary>
public sealed record MakeTicket
{
    /// <summary>Made with the page: the same form sent twice is one decision.</summary>
    public required ConsentDraft Consent { get; init; }
    public required CounterServiceListing Service { get; init; }

    /// <summary>The packages that she shows, in the order of the consent's items.</summary>
    public required IReadOnlyList<FittingPackage> Packages { get; init; }
    public required bool Printed { get; init; }
}

/// <summary>A ticket and the packages of it.</summary>
public sealed record TicketView(CounterTicket Ticket, IReadOnlyList<CounterItemRow> Items);

/// <summary>Mode 2, the citizen's side: makes a ticket, renews it, cancels it.</summary>
public sealed class CounterTickets(
    Consents consents,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    CounterAgents agents,
    TicketBell bell,
    CounterSettings settings
)
{
    /// <summary>Stores the decision and, with a yes, the ticket, in one transaction.</summary>
    /// <exception cref="CounterException">counter.not_fitting, counter.package_gone, counter.too_often; nothing was stored.</exception>
    public async Task MakeAsync(MakeTicket request, CancellationToken token = default)
    {
        var given = request.Consent.Decision == ConsentDecision.Given;
        if (given)
            Check(request);
        var consent = consents.Prepare(request.Consent);
        var ids = request.Packages.Select(package => package.Transfer.Id).ToList();
        await writer.WriteAsync(
            scope =>
            {
                if (!consents.Record(scope, consent, request.Service.Id) || !given)
                    return;
                var until =
                    HandOvers.Until(scope, consent.CitizenId, ids)
                    ?? throw new CounterException(CounterCodes.PackageGone);
                var ticket = New(scope, consent.Id, consent.CitizenId, request.Service.Id, request.Printed, until);
                foreach (var package in request.Packages)
                    scope.Db.Add(
                        new CounterItemRow
                        {
                            TicketId = ticket.Id,
                            TransferId = package.Transfer.Id,
                            DataSetId = package.Transfer.DataSetId,
                        }
                    );
                scope.Raise(CounterEvents.Happened(EventKinds.CounterMade, CounterEvents.Citizen, ticket));
            },
            token
        );
    }

    /// <summary>A new number in place of the old one, which is dead from then on; until the packages run out.</summary>
    /// <exception cref="CounterException">counter.over, counter.used, counter.package_gone, counter.too_often.</exception>
    public async Task RenewAsync(Guid citizenId, Guid consentId, bool printed, CancellationToken token = default)
    {
        var old = await writer.WriteAsync(
            scope =>
            {
                var last = Latest(scope.Db, consentId, t => t.CitizenId == citizenId);
                if (last is null || last.Code == CounterCodes.Cancelled)
                    throw new CounterException(CounterCodes.Over);
                if (last.State is TicketState.Redeemed or TicketState.Finished)
                    throw new CounterException(CounterCodes.Used);
                var items = scope.Db.Set<CounterItemRow>().AsNoTracking().Where(i => i.TicketId == last.Id).ToList();
                var until =
                    HandOvers.Until(scope, citizenId, [.. items.Select(item => item.TransferId)])
                    ?? throw new CounterException(CounterCodes.PackageGone);
                // A redemption that is faster leaves nothing to renew.
                if (last.State != TicketState.Ended && !End(scope, last, CounterCodes.Renewed))
                    throw new CounterException(CounterCodes.Over);
                var holder = printed ? null : CounterAgents.HolderOf(scope, consentId, items);
                var ticket = New(scope, consentId, citizenId, last.ServiceId, printed, until, holder);
                foreach (var item in items)
                    scope.Db.Add(
                        new CounterItemRow
                        {
                            TicketId = ticket.Id,
                            TransferId = item.TransferId,
                            DataSetId = item.DataSetId,
                            AgentEntry = holder is null ? null : item.AgentEntry,
                        }
                    );
                scope.Raise(CounterEvents.Happened(EventKinds.CounterRenewed, CounterEvents.Citizen, ticket));
                return last.Id;
            },
            token
        );
        bell.Ring(old);
    }

    /// <summary>She takes her decision back before anybody has seen anything, and with it her agent's mandate. False where it is too late, or over.</summary>
    public async Task<bool> CancelAsync(Guid citizenId, Guid consentId, CancellationToken token = default)
    {
        var ended = await writer.WriteAsync<Guid?>(
            scope =>
            {
                var last = Latest(scope.Db, consentId, t => t.CitizenId == citizenId);
                if (last is null || last.State > TicketState.Reserved || !End(scope, last, CounterCodes.Cancelled))
                    return null;
                Consents.Withdraw(scope, citizenId, consentId);
                agents.EndLive(scope, consentId, CounterEvents.Citizen);
                scope.Raise(CounterEvents.Happened(EventKinds.CounterCancelled, CounterEvents.Citizen, last));
                return last.Id;
            },
            token
        );
        if (ended is { } id)
            bell.Ring(id);
        return ended is not null;
    }

    /// <summary>The newest ticket of her decision; null for anybody else's.</summary>
    public async Task<TicketView?> FindAsync(Guid citizenId, Guid consentId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var ticket = await db.Set<CounterTicket>()
            .Where(t => t.ConsentId == consentId && t.CitizenId == citizenId)
            .OrderByDescending(t => t.Id)
            .FirstOrDefaultAsync(token);
        return ticket is null ? null : new(ticket, await ItemsAsync(db, ticket.Id, token));
    }

    /// <summary>Her tickets that are good or in a clerk's hands, the newest first.</summary>
    public async Task<IReadOnlyList<CounterTicket>> LiveAsync(Guid citizenId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<CounterTicket>()
            .Where(t => t.CitizenId == citizenId && t.State <= TicketState.Redeemed)
            .OrderByDescending(t => t.Id)
            .ToListAsync(token);
    }

    internal static async Task<IReadOnlyList<CounterItemRow>> ItemsAsync(
        MyDataDb db,
        Guid ticketId,
        CancellationToken token
    ) =>
        await db.Set<CounterItemRow>()
            .Where(item => item.TicketId == ticketId)
            .OrderBy(item => item.TransferId)
            .ToListAsync(token);

    /// <summary>Unredeemed → Ended; its entries are gone with it. False where it was redeemed or had ended.</summary>
    internal static bool End(WriteScope scope, CounterTicket ticket, string code)
    {
        var ended = scope
            .Db.Set<CounterTicket>()
            .Where(t => t.Id == ticket.Id && t.State <= TicketState.Reserved)
            .ExecuteUpdate(set =>
                set.SetProperty(t => t.State, TicketState.Ended)
                    .SetProperty(t => t.Code, code)
                    .SetProperty(t => t.EndedAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(t => t.Version, t => t.Version + 1)
            );
        if (ended == 1)
            DropEntries(scope, ticket.Id);
        return ended == 1;
    }

    internal static void DropEntries(WriteScope scope, Guid ticketId) =>
        scope
            .Db.Set<CounterItemRow>()
            .Where(item => item.TicketId == ticketId)
            .ExecuteUpdate(set => set.SetProperty(item => item.Entry, (string?)null));

    internal static CounterTicket? Latest(
        MyDataDb db,
        Guid consentId,
        System.Linq.Expressions.Expression<Func<CounterTicket, bool>> whose
    ) =>
        db.Set<CounterTicket>()
            .AsNoTracking()
            .Where(t => t.ConsentId == consentId)
            .Where(whose)
            .OrderByDescending(t => t.Id)
            .FirstOrDefault();

    private CounterTicket New(
        WriteScope scope,
        Guid consentId,
        Guid citizenId,
        string serviceId,
        bool printed,
        DateTimeOffset until,
        Guid? holder = null
    )
    {
        var hour = scope.Now.AddHours(-1);
        if (
            scope.Db.Set<CounterTicket>().Count(t => t.CitizenId == citizenId && t.CreatedAt > hour)
            >= settings.TicketsAnHour
        )
            throw new CounterException(CounterCodes.TooOften);
        var ends = scope.Now + settings.TicketLife;
        var ticket = new CounterTicket
        {
            Id = Ids.New(),
            Number = TicketNumber.New().Value,
            ConsentId = consentId,
            CitizenId = citizenId,
            HolderId = holder ?? citizenId,
            ServiceId = serviceId,
            Printed = printed,
            State = printed ? TicketState.Making : TicketState.Open,
            CreatedAt = scope.Now,
            ExpiresAt = ends < until ? ends : until,
        };
        scope.Db.Add(ticket);
        return ticket;
    }

    private static void Check(MakeTicket request)
    {
        var sets = request.Packages.Select(package => package.Transfer.DataSetId).ToList();
        if (!request.Packages.All(package => package.Fits) || !CounterFit.Meets(request.Service, sets))
            throw new CounterException(CounterCodes.NotFitting);
    }
}
