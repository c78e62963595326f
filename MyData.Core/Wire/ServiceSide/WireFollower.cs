using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>A request that ends takes ticket, key and file with it, in that very write; an account that is closed, all of its.</summary>
internal sealed class WireFollower : IEventFollower
{
    public void Follow(WriteScope scope, Event happened)
    {
        switch (happened.Kind)
        {
            // Of what could not be had the service is still to be told, and there is no key with it.
            case EventKinds.ServiceEnded when happened.ConsentId is { } consent:
                var over = scope
                    .Db.Set<WireDelivery>()
                    .Where(d => d.ConsentId == consent && d.Upload != null && d.State < WireState.Fetched);
                foreach (var id in over.Select(d => d.Id).ToList())
                    WireUploads.Drop(scope, id);
                End(scope, over, WireState.Ended, happened.Code);
                break;
            case EventKinds.AccountClosed when happened.CitizenId is { } citizen:
                var hers = scope.Db.Set<WireDelivery>().Where(d => d.CitizenId == citizen);
                foreach (var id in hers.Select(d => d.Id).ToList())
                    WireUploads.Drop(scope, id);
                hers.ExecuteDelete();
                break;
        }
    }

    /// <summary>→ a last state: the key is nowhere any more.</summary>
    internal static void End(WriteScope scope, IQueryable<WireDelivery> rows, WireState state, string? failure)
    {
        var ended = rows.ExecuteUpdate(set =>
            set.SetProperty(d => d.State, state)
                .SetProperty(d => d.Secret, (byte[]?)null)
                .SetProperty(d => d.NextAttemptAt, (DateTimeOffset?)null)
                .SetProperty(d => d.LeasedUntil, (DateTimeOffset?)null)
                .SetProperty(d => d.EndedAt, (DateTimeOffset?)scope.Now)
                .SetProperty(d => d.Failure, failure)
        );
        if (ended > 0)
            scope.Erase();
    }
}
