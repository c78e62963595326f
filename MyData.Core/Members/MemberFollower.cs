using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Members;

/// <summary>A closed account signs in nowhere: its codes, tokens and what it agreed to go in that write, and the services are told.</summary>
internal sealed class MemberFollower : IEventFollower
{
    public void Follow(WriteScope scope, Event happened)
    {
        if (happened is not { Kind: EventKinds.AccountClosed, CitizenId: { } citizen })
            return;
        foreach (var row in scope.Db.Set<Membership>().AsNoTracking().Where(m => m.CitizenId == citizen).ToList())
            if (row.IsLive)
                Memberships.Tell(scope, row);
        scope.Db.Set<MemberRequest>().Where(r => r.CitizenId == citizen).ExecuteDelete();
        scope.Db.Set<Membership>().Where(m => m.CitizenId == citizen).ExecuteDelete();
    }
}
