using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Transfers;

namespace MyData.Core.Counter;

/// <summary>
/// The holder's part at the counter: her key and nonce after the clerk's commitment, and her word. Her browser alone can make the entries that
/// open the packages, so no other word than hers hands anything over.
/// </summary>
public sealed class HolderSide(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    HandOvers handOvers,
    TicketBell bell
)
{
    /// <summary>The ticket, as soon as it is another than was seen, or after a while; null where it is not hers to show.</summary>
    public Task<TicketView?> NextAsync(Guid personId, Guid ticketId, int seen, CancellationToken token) =>
        bell.NextAsync(ticketId, () => FindAsync(personId, ticketId, token), view => view.Ticket.Version > seen, token);

    /// <summary>The ticket and its packages; null where it is neither hers nor shown by her.</summary>
    public async Task<TicketView?> FindAsync(Guid personId, Guid ticketId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var ticket = await db.Set<CounterTicket>()
            .FirstOrDefaultAsync(t => t.Id == ticketId && (t.CitizenId == personId || t.HolderId == personId), token);
        return ticket is null ? null : new(ticket, await CounterTickets.ItemsAsync(db, ticketId, token));
    }

    /// <summary>The heads of the packages, each with the entry that this person's key opens.</summary>
    /// <returns>By transfer; null where she holds no such ticket, or a package is gone.</returns>
    public async Task<IReadOnlyDictionary<Guid, string>?> HeadsAsync(
        Guid personId,
        Guid ticketId,
        CancellationToken token = default
    )
    {
        if (await FindAsync(personId, ticketId, token) is not { Ticket.State: <= TicketState.Reserved } view)
            return null;
        var packages = await handOvers.FindAsync([.. view.Items.Select(item => item.TransferId)], token);
        if (packages.Count != view.Items.Count)
            return null;
        if (view.Ticket.CitizenId == personId)
            return packages.ToDictionary(package => package.Id, package => package.Head!);
        var entries = view.Items.ToDictionary(item => item.TransferId, item => item.AgentEntry);
        return packages.ToDictionary(
            package => package.Id,
            package =>
                entries[package.Id] is { } entry
                    ? System.Text.Encoding.UTF8.GetString(SealedPackageHead.ForRecipient(package.Head!, entry).Raw.Span)
                    : throw new CounterException(CounterCodes.AgentOver)
        );
    }

    /// <summary>Printed: her browser has made the entries for the key that only the paper will have. Once.</summary>
    /// <exception cref="CounterException">counter.malformed, counter.over.</exception>
    public async Task PrintAsync(
        Guid citizenId,
        Guid ticketId,
        IReadOnlyDictionary<Guid, string> entries,
        CancellationToken token = default
    )
    {
        var view = await FindAsync(citizenId, ticketId, token) ?? throw new CounterException(CounterCodes.Over);
        var packages = await PackagesAsync(view, token);
        CounterEntries.Check(packages, entries, JoseNames.A256Kw, CounterEntries.PrintedKid(view.Ticket.Number));
        await MoveAsync(
            ticketId,
            scope =>
                scope
                    .Db.Set<CounterTicket>()
                    .Where(t => t.Id == ticketId && t.CitizenId == citizenId && t.Printed)
                    .Where(t => t.State == TicketState.Making && t.ExpiresAt > scope.Now)
                    .ExecuteUpdate(set =>
                        set.SetProperty(t => t.State, TicketState.Open).SetProperty(t => t.Version, t => t.Version + 1)
                    ),
            scope =>
            {
                scope.Bookkeeping();
                Keep(scope, ticketId, entries);
            },
            token
        );
    }

    /// <summary>After the clerk's commitment: her key and nonce.</summary>
    /// <exception cref="CounterException">counter.malformed, counter.over.</exception>
    public Task AnswerAsync(Guid holderId, Guid ticketId, string key, string nonce, CancellationToken token = default)
    {
        Handshake.Require(key, nonce);
        return MoveAsync(
            ticketId,
            scope =>
                scope
                    .Db.Set<CounterTicket>()
                    .Where(t => t.Id == ticketId && t.HolderId == holderId && t.HolderKey == null)
                    .Where(t => t.State == TicketState.Reserved && t.ReservedUntil > scope.Now)
                    .ExecuteUpdate(set =>
                        set.SetProperty(t => t.HolderKey, key)
                            .SetProperty(t => t.HolderNonce, nonce)
                            .SetProperty(t => t.Version, t => t.Version + 1)
                    ),
            scope => scope.Bookkeeping(),
            token
        );
    }

    /// <summary>
    /// Number, office and role are right: the entries for the clerk's key, and with them the one redemption. Only of the reservation whose
    /// key she has seen, and within its time.
    /// </summary>
    /// <exception cref="CounterException">counter.malformed, counter.over.</exception>
    public async Task ConfirmAsync(
        Guid holderId,
        Guid ticketId,
        IReadOnlyDictionary<Guid, string> entries,
        CancellationToken token = default
    )
    {
        var view = await FindAsync(holderId, ticketId, token) ?? throw new CounterException(CounterCodes.Over);
        var (ticket, clerkKey) = (view.Ticket, view.Ticket.ClerkKey ?? throw new CounterException(CounterCodes.Over));
        if (ticket.HolderId != holderId || ticket.State != TicketState.Reserved)
            throw new CounterException(CounterCodes.Over);
        var kid = Jwk.Parse(clerkKey).Thumbprint();
        var packages = await PackagesAsync(view, token);
        CounterEntries.Check(packages, entries, JoseNames.EcdhEsA256Kw, kid, ticket.HolderKey);
        await MoveAsync(
            ticketId,
            scope =>
                Redemption.Redeem(
                    Redemption.Ready(scope, t => t.Id == ticketId && t.HolderId == holderId && t.ClerkKey == clerkKey),
                    scope.Now
                ),
            scope =>
            {
                Keep(scope, ticketId, entries);
                CounterAgents.Done(scope, ticket.ConsentId);
                scope.Raise(
                    CounterEvents.Happened(
                        EventKinds.CounterConfirmed,
                        CounterEvents.Holder(ticket),
                        ticket,
                        office: ticket.Office
                    )
                );
            },
            token
        );
    }

    /// <summary>Not the same number, or not where she stands: nothing is handed over, and this code is dead. She may make another one.</summary>
    /// <exception cref="CounterException">counter.over.</exception>
    public async Task DeclineAsync(Guid holderId, Guid ticketId, string code, CancellationToken token = default)
    {
        await writer.WriteAsync(
            scope =>
            {
                var ticket = scope
                    .Db.Set<CounterTicket>()
                    .AsNoTracking()
                    .FirstOrDefault(t => t.Id == ticketId && t.HolderId == holderId && t.State == TicketState.Reserved);
                if (ticket is null || !CounterTickets.End(scope, ticket, code))
                    throw new CounterException(CounterCodes.Over);
                scope.Raise(
                    CounterEvents.Happened(
                        EventKinds.CounterDeclined,
                        CounterEvents.Holder(ticket),
                        ticket,
                        code,
                        ticket.Office
                    )
                );
            },
            token
        );
        bell.Ring(ticketId);
    }

    private async Task<IReadOnlyList<Transfer>> PackagesAsync(TicketView view, CancellationToken token)
    {
        var packages = await handOvers.FindAsync([.. view.Items.Select(item => item.TransferId)], token);
        return packages.Count == view.Items.Count ? packages : throw new CounterException(CounterCodes.PackageGone);
    }

    private static void Keep(WriteScope scope, Guid ticketId, IReadOnlyDictionary<Guid, string> entries)
    {
        foreach (var (transfer, entry) in entries)
            scope
                .Db.Set<CounterItemRow>()
                .Where(item => item.TicketId == ticketId && item.TransferId == transfer)
                .ExecuteUpdate(set => set.SetProperty(item => item.Entry, entry));
    }

    /// <summary>One atomic conditional update, and what belongs to it; else <see cref="CounterCodes.Over"/>, and nothing.</summary>
    private async Task MoveAsync(
        Guid ticketId,
        Func<WriteScope, int> move,
        Action<WriteScope> then,
        CancellationToken token
    )
    {
        await writer.WriteAsync(
            scope =>
            {
                if (move(scope) != 1)
                    throw new CounterException(CounterCodes.Over);
                then(scope);
            },
            token
        );
        bell.Ring(ticketId);
    }
}
