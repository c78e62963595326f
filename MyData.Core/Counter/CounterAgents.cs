using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Transfers;

namespace MyData.Core.Counter;

/// <summary>
/// Agents: named by ID number and birthday, answered alike whether there is such a person or not, and told nothing until she looks. What is
/// handed on is the content key, wrapped for the agent's browser; never a copy of the data.
/// </summary>
public sealed class CounterAgents(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    CitizenAccounts accounts,
    HandOvers handOvers,
    INotices notices,
    TicketBell bell,
    CounterSettings settings
)
{
    /// <summary>Names somebody; whoever was named before is not any more. Nothing tells whether anybody was found.</summary>
    /// <exception cref="CounterException">counter.over, agent.self, agent.too_many.</exception>
    public async Task AppointAsync(
        Guid citizenId,
        Guid consentId,
        NationalId id,
        DateOnly birthday,
        CancellationToken token = default
    )
    {
        var found = await accounts.MatchAsync(id, birthday, token);
        if (found == citizenId || await accounts.IsOfAsync(citizenId, id, token))
            throw new CounterException(CounterCodes.AgentSelf);
        await writer.WriteAsync(
            scope =>
            {
                var day = scope.Now.AddDays(-1);
                if (
                    scope.Db.Set<CounterAgent>().Count(a => a.CitizenId == citizenId && a.AskedAt > day)
                    >= settings.AgentsADay
                )
                    throw new CounterException(CounterCodes.AgentTooMany);
                var ticket = CounterTickets.Latest(scope.Db, consentId, t => t.CitizenId == citizenId);
                var until = ticket is null
                    ? null
                    : HandOvers.Until(
                        scope,
                        citizenId,
                        scope
                            .Db.Set<CounterItemRow>()
                            .Where(i => i.TicketId == ticket.Id)
                            .Select(i => i.TransferId)
                            .ToList()
                    );
                if (ticket is null || ticket.State > TicketState.Reserved || until is null)
                    throw new CounterException(CounterCodes.Over);
                EndLive(scope, consentId, CounterEvents.Citizen);
                scope.Db.Add(
                    new CounterAgent
                    {
                        Id = Ids.New(),
                        ConsentId = consentId,
                        CitizenId = citizenId,
                        ServiceId = ticket.ServiceId,
                        AgentId = found,
                        AskedAt = scope.Now,
                        ExpiresAt = until.Value,
                    }
                );
                scope.Raise(CounterEvents.Happened(EventKinds.AgentAppointed, CounterEvents.Citizen, ticket));
            },
            token
        );
    }

    /// <summary>The agent named for this decision, if one is and the time is not over.</summary>
    public async Task<CounterAgent?> OfConsentAsync(Guid citizenId, Guid consentId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<CounterAgent>()
            .Where(a => a.ConsentId == consentId && a.CitizenId == citizenId && a.State <= AgentState.Accepted)
            .FirstOrDefaultAsync(token);
    }

    /// <summary>What this person is asked to show for others, or has taken on; the newest first.</summary>
    public async Task<IReadOnlyList<CounterAgent>> ForAsync(Guid personId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<CounterAgent>()
            .Where(a => a.AgentId == personId && a.State <= AgentState.Accepted)
            .OrderByDescending(a => a.Id)
            .ToListAsync(token);
    }

    /// <summary>One of them, with the ticket as it is now; null where it is not hers.</summary>
    public async Task<(CounterAgent Agent, CounterTicket? Ticket)?> FindAsync(
        Guid personId,
        Guid id,
        CancellationToken token = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var agent = await db.Set<CounterAgent>().FirstOrDefaultAsync(a => a.Id == id && a.AgentId == personId, token);
        if (agent is null)
            return null;
        var ticket = await db.Set<CounterTicket>()
            .Where(t => t.ConsentId == agent.ConsentId)
            .OrderByDescending(t => t.Id)
            .FirstOrDefaultAsync(token);
        return (agent, ticket);
    }

    /// <summary>She takes it on, with a key that her browser made for this.</summary>
    /// <exception cref="CounterException">agent.over, counter.malformed.</exception>
    public async Task AcceptAsync(Guid personId, Guid id, string key, CancellationToken token = default)
    {
        Handshake.Require(key, NoNonce);
        var ticketId = await writer.WriteAsync(
            scope =>
            {
                var accepted = scope
                    .Db.Set<CounterAgent>()
                    .Where(a => a.Id == id && a.AgentId == personId)
                    .Where(a => a.State == AgentState.Asked && a.ExpiresAt > scope.Now)
                    .ExecuteUpdate(set =>
                        set.SetProperty(a => a.State, AgentState.Accepted).SetProperty(a => a.AgentKey, key)
                    );
                var agent = scope.Db.Set<CounterAgent>().AsNoTracking().FirstOrDefault(a => a.Id == id);
                var ticket = agent is null ? null : CounterTickets.Latest(scope.Db, agent.ConsentId, _ => true);
                if (accepted != 1 || ticket is null)
                    throw new CounterException(CounterCodes.AgentOver);
                Touch(scope, ticket.Id);
                scope.Raise(CounterEvents.Happened(EventKinds.AgentAccepted, CounterEvents.Agent, ticket));
                scope.Raise(ForAgent(EventKinds.AgentTookOn, CounterEvents.Citizen, agent!));
                Tell(scope, agent!.CitizenId, NoticeKinds.AgentAccepted, agent);
                return ticket.Id;
            },
            token
        );
        bell.Ring(ticketId);
    }

    /// <summary>Her browser hands the content keys on to the agent's; from now on the agent shows the ticket.</summary>
    /// <exception cref="CounterException">agent.over, counter.reserved, counter.malformed, counter.package_gone.</exception>
    public async Task HandOnAsync(
        Guid citizenId,
        Guid consentId,
        IReadOnlyDictionary<Guid, string> entries,
        CancellationToken token = default
    )
    {
        if (await OfConsentAsync(citizenId, consentId, token) is not { State: AgentState.Accepted } agent)
            throw new CounterException(CounterCodes.AgentOver);
        var packages = await handOvers.FindAsync([.. entries.Keys], token);
        CounterEntries.Check(packages, entries, JoseNames.EcdhEsA256Kw, Jwk.Parse(agent.AgentKey!).Thumbprint());
        var ticketId = await writer.WriteAsync(
            scope =>
            {
                var ticket = CounterTickets.Latest(scope.Db, consentId, t => t.CitizenId == citizenId);
                var stillIs = scope.Db.Set<CounterAgent>().Any(a => a.Id == agent.Id && a.State == AgentState.Accepted);
                if (ticket is null || !stillIs)
                    throw new CounterException(CounterCodes.AgentOver);
                if (Move(scope, ticket, agent.AgentId!.Value) != 1)
                    throw new CounterException(
                        ticket.State == TicketState.Reserved ? CounterCodes.Reserved : CounterCodes.AgentOver
                    );
                foreach (var (transfer, entry) in entries)
                    scope
                        .Db.Set<CounterItemRow>()
                        .Where(item => item.TicketId == ticket.Id && item.TransferId == transfer)
                        .ExecuteUpdate(set => set.SetProperty(item => item.AgentEntry, entry));
                scope.Raise(CounterEvents.Happened(EventKinds.AgentHandedOn, CounterEvents.Citizen, ticket));
                return ticket.Id;
            },
            token
        );
        bell.Ring(ticketId);
    }

    /// <summary>Either ends it: a ticket in the agent's hands is dead. False where there was nothing to end.</summary>
    public async Task<bool> EndAsync(Guid personId, Guid consentId, CancellationToken token = default)
    {
        var ended = await writer.WriteAsync<(bool Ended, Guid? Ticket)>(
            scope =>
            {
                var agent = scope
                    .Db.Set<CounterAgent>()
                    .AsNoTracking()
                    .FirstOrDefault(a =>
                        a.ConsentId == consentId
                        && (a.CitizenId == personId || a.AgentId == personId)
                        && a.State <= AgentState.Accepted
                    );
                if (agent is null)
                    return (false, null);
                var by = agent.CitizenId == personId ? CounterEvents.Citizen : CounterEvents.Agent;
                return (EndLive(scope, consentId, by), CounterTickets.Latest(scope.Db, consentId, _ => true)?.Id);
            },
            token
        );
        if (ended.Ticket is { } ticket)
            bell.Ring(ticket);
        return ended.Ended;
    }

    /// <summary>Whom a renewed ticket is shown by: who has taken it on, and was handed every key of it; null: the citizen.</summary>
    internal static Guid? HolderOf(WriteScope scope, Guid consentId, IReadOnlyCollection<CounterItemRow> items)
    {
        var agent = scope
            .Db.Set<CounterAgent>()
            .AsNoTracking()
            .FirstOrDefault(a => a.ConsentId == consentId && a.State == AgentState.Accepted);
        return agent?.AgentKey is { } key && items.All(item => CounterEntries.IsFor(item.AgentEntry, key))
            ? agent.AgentId
            : null;
    }

    internal static Guid? AcceptedOf(MyDataDb db, Guid consentId) =>
        db.Set<CounterAgent>()
            .Where(a => a.ConsentId == consentId && a.State == AgentState.Accepted)
            .Select(a => a.AgentId)
            .FirstOrDefault();

    /// <summary>Shown at the counter: there is nothing more to do for anybody.</summary>
    internal static void Done(WriteScope scope, Guid consentId) =>
        scope
            .Db.Set<CounterAgent>()
            .Where(a => a.ConsentId == consentId && a.State <= AgentState.Accepted)
            .ExecuteUpdate(set =>
                set.SetProperty(a => a.State, AgentState.Done).SetProperty(a => a.EndedAt, (DateTimeOffset?)scope.Now)
            );

    /// <summary>Ends whoever is named or has taken it on, the ticket that she would show, and what she was handed.</summary>
    internal bool EndLive(WriteScope scope, Guid consentId, string by)
    {
        var agent = scope
            .Db.Set<CounterAgent>()
            .AsNoTracking()
            .FirstOrDefault(a => a.ConsentId == consentId && a.State <= AgentState.Accepted);
        if (agent is null)
            return false;
        scope
            .Db.Set<CounterAgent>()
            .Where(a => a.Id == agent.Id)
            .ExecuteUpdate(set =>
                set.SetProperty(a => a.State, AgentState.Ended).SetProperty(a => a.EndedAt, (DateTimeOffset?)scope.Now)
            );
        var ticket = CounterTickets.Latest(scope.Db, consentId, t => t.HolderId == agent.AgentId);
        if (ticket is not null)
            CounterTickets.End(scope, ticket, CounterCodes.AgentOver);
        scope
            .Db.Set<CounterItemRow>()
            .Where(i => scope.Db.Set<CounterTicket>().Any(t => t.Id == i.TicketId && t.ConsentId == consentId))
            .ExecuteUpdate(set => set.SetProperty(item => item.AgentEntry, (string?)null));
        scope.Raise(
            new Event
            {
                Kind = EventKinds.AgentEnded,
                Actor = by,
                CitizenId = agent.CitizenId,
                ConsentId = consentId,
                Details = Details(agent),
            }
        );
        if (agent.State == AgentState.Accepted)
        {
            scope.Raise(
                ForAgent(
                    EventKinds.AgentEnded,
                    by == CounterEvents.Agent ? CounterEvents.Citizen : CounterEvents.Agent,
                    agent
                )
            );
            Tell(
                scope,
                by == CounterEvents.Citizen ? agent.AgentId!.Value : agent.CitizenId,
                NoticeKinds.AgentEnded,
                agent
            );
        }
        return true;
    }

    // Any sixteen bytes: an agent's key comes without a nonce.
    private const string NoNonce = "AAAAAAAAAAAAAAAAAAAAAA";

    private static int Move(WriteScope scope, CounterTicket ticket, Guid agent) =>
        scope
            .Db.Set<CounterTicket>()
            .Where(t => t.Id == ticket.Id && !t.Printed)
            .Where(t =>
                t.State == TicketState.Open || (t.State == TicketState.Reserved && t.ReservedUntil <= scope.Now)
            )
            .ExecuteUpdate(set =>
                set.SetProperty(t => t.HolderId, agent)
                    .SetProperty(t => t.State, TicketState.Open)
                    .SetProperty(t => t.Version, t => t.Version + 1)
            );

    private static void Touch(WriteScope scope, Guid ticketId) =>
        scope
            .Db.Set<CounterTicket>()
            .Where(t => t.Id == ticketId)
            .ExecuteUpdate(set => set.SetProperty(t => t.Version, t => t.Version + 1));

    private static Event ForAgent(string kind, string actor, CounterAgent agent) =>
        new()
        {
            Kind = kind,
            Actor = actor,
            CitizenId = agent.AgentId,
            Purpose = Consent.Purposes.Counter,
            Details = Details(agent),
        };

    private static string Details(CounterAgent agent) =>
        System.Text.Json.JsonSerializer.Serialize(new { service = agent.ServiceId, to = agent.ServiceId });

    private void Tell(WriteScope scope, Guid personId, string kind, CounterAgent agent) =>
        notices.Queue(scope, personId, kind, new { when = scope.Now, consent = agent.ConsentId });
}
