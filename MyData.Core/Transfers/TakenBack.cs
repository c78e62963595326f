using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Transfers;

/// <summary>
/// A closed account, or a consent that she took back, has nothing under way: in that very write its transfers end, their tokens die and the waiting
/// packages go. A call that is running meanwhile finds its transfer ended, and leaves nothing.
/// </summary>
internal sealed class TakenBack : IEventFollower
{
    public void Follow(WriteScope scope, Event happened)
    {
        switch (happened.Kind)
        {
            case EventKinds.AccountClosed:
                End(scope, Open(scope).Where(t => t.CitizenId == happened.CitizenId), TransferCodes.AccountClosed);
                break;
            case EventKinds.ConsentWithdrawn:
                End(scope, Open(scope).Where(t => t.ConsentId == happened.ConsentId), TransferCodes.Withdrawn);
                break;
        }
    }

    /// <summary>
    /// Within a write: she wants nothing more of this consent. What agencies still prepare fails, their tokens are dead with it; what has
    /// come stays hers.
    /// </summary>
    public static void Stop(WriteScope scope, Guid consentId) =>
        End(
            scope,
            Open(scope).Where(t => t.ConsentId == consentId && t.State < TransferState.Ready),
            TransferCodes.Stopped
        );

    /// <summary>Within a write: these go no further, whatever has come of them.</summary>
    public static void Stop(WriteScope scope, IReadOnlyCollection<Guid> transferIds, string actor) =>
        End(scope, Open(scope).Where(t => transferIds.Contains(t.Id)), TransferCodes.Stopped, actor);

    private static IQueryable<Transfer> Open(WriteScope scope) =>
        scope.Db.Set<Transfer>().Where(t => t.State <= TransferState.Ready);

    private static void End(WriteScope scope, IQueryable<Transfer> hers, string code, string actor = "citizen")
    {
        foreach (var transfer in hers.ToList())
        {
            var (state, kind) =
                transfer.State == TransferState.Ready
                    ? (TransferState.Expired, EventKinds.TransferExpired)
                    : (TransferState.Failed, EventKinds.TransferFailed);
            TransferEnd.Drop(scope, transfer, state, code);
            scope.Raise(TransferEnd.Happened(kind, actor, transfer, code));
        }
    }
}
