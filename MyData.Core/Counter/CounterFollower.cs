using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Counter;

/// <summary>
/// What ends tickets that others begin: a package is gone ("done", time, a hand-over elsewhere), an account is closed. In that very write,
/// so no ticket outlives what it would show.
/// </summary>
internal sealed class CounterFollower : IEventFollower
{
    // Asked at the end of every transfer.
    private readonly Func<MyDataDb, Guid, IEnumerable<CounterTicket>> _with = EF.CompileQuery(
        (MyDataDb db, Guid transfer) =>
            db.Set<CounterTicket>()
                .AsNoTracking()
                .Where(t =>
                    t.State <= TicketState.Reserved
                    && db.Set<CounterItemRow>().Any(i => i.TicketId == t.Id && i.TransferId == transfer)
                )
    );

    public void Follow(WriteScope scope, Event happened)
    {
        switch (happened.Kind)
        {
            case EventKinds.TransferDone
            or EventKinds.TransferExpired
            or EventKinds.TransferHandedOver when happened.TransferId is { } transfer:
                foreach (var ticket in _with(scope.Db, transfer).ToList())
                    End(scope, ticket, CounterCodes.PackageGone);
                break;
            case EventKinds.AccountClosed when happened.CitizenId is { } citizen:
                Close(scope, citizen);
                break;
        }
    }

    private static void End(WriteScope scope, CounterTicket ticket, string code)
    {
        if (CounterTickets.End(scope, ticket, code))
            scope.Raise(CounterEvents.Happened(EventKinds.CounterExpired, CounterEvents.Platform, ticket, code));
    }

    // What she showed stays in her events, which stay; of the rest nothing is needed any more.
    private static void Close(WriteScope scope, Guid citizen)
    {
        scope.Db.Set<CounterTicket>().Where(t => t.CitizenId == citizen).ExecuteDelete();
        scope.Db.Set<CounterAgent>().Where(a => a.CitizenId == citizen || a.AgentId == citizen).ExecuteDelete();
    }
}
