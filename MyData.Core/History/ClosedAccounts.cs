using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.History;

/// <summary>When an account is closed, what she wrote in her complaints goes in the same write. That she filed them stays in the events.</summary>
internal sealed class ClosedAccounts : IEventFollower
{
    public void Follow(WriteScope scope, Event happened)
    {
        if (happened.Kind == EventKinds.AccountClosed)
            scope.Db.Set<Complaint>().Where(c => c.CitizenId == happened.CitizenId).ExecuteDelete();
    }
}
