using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.Counter;

/// <summary>A refusal at a counter, within the write that refuses: an event, a word to whose ticket it is, and what it counts for.</summary>
public sealed class CounterRefusals(CounterLocks locks, INotices notices, CounterSettings settings)
{
    /// <summary>Nothing that looks like guessing: it is over, or somebody else's turn.</summary>
    public DeskAnswer Refuse(WriteScope scope, Clerk clerk, CounterTicket? ticket, string code)
    {
        Tell(scope, clerk, ticket, code);
        return new(code);
    }

    /// <summary>A number that nobody has, or one of another service's counters: it counts against clerk, device and office.</summary>
    public DeskAnswer Wrong(WriteScope scope, Clerk clerk, CounterTicket? ticket, string code)
    {
        locks.Failed(scope, clerk);
        return Refuse(scope, clerk, ticket, code);
    }

    /// <summary>Four characters of another card; the fifth time the ticket is dead, whoever tried.</summary>
    public DeskAnswer WrongCard(WriteScope scope, Clerk clerk, CounterTicket ticket)
    {
        scope
            .Db.Set<CounterTicket>()
            .Where(t => t.Id == ticket.Id)
            .ExecuteUpdate(set =>
                set.SetProperty(t => t.WrongCards, t => t.WrongCards + 1)
                    .SetProperty(t => t.Version, t => t.Version + 1)
            );
        var tries = scope.Db.Set<CounterTicket>().Where(t => t.Id == ticket.Id).Select(t => t.WrongCards).First();
        var dead = tries >= settings.CardTries && CounterTickets.End(scope, ticket, CounterCodes.TooManyCards);
        return Wrong(scope, clerk, ticket, dead ? CounterCodes.TooManyCards : CounterCodes.WrongCard);
    }

    private void Tell(WriteScope scope, Clerk clerk, CounterTicket? ticket, string code)
    {
        if (ticket is null)
        {
            scope.Raise(
                new Event
                {
                    Kind = EventKinds.CounterRefused,
                    Actor = clerk.Actor,
                    Code = code,
                }
            );
            return;
        }
        if (CounterEvents.Count(scope, ticket, EventKinds.CounterRefused) >= settings.MostRefusalsTold)
        {
            scope.Bookkeeping();
            return;
        }
        scope.Raise(CounterEvents.Happened(EventKinds.CounterRefused, clerk.Actor, ticket, code, clerk.Office));
        notices.Queue(
            scope,
            ticket.CitizenId,
            NoticeKinds.CounterRefused,
            new
            {
                when = scope.Now,
                code,
                consent = ticket.ConsentId,
            }
        );
    }
}
