using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Transfers;

/// <summary>
/// A closed account has nothing under way: in the write that closes it her transfers end, their tokens die and the waiting
/// packages go. A call that is running meanwhile finds its transfer ended, and leaves nothing.
/// </summary>
internal sealed class ClosedAccounts : IEventFollower
{
    public void Follow(WriteScope scope, Event happened)
    {
        if (happened.Kind != EventKinds.AccountClosed)
            return;
        var open = scope
            .Db.Set<Transfer>()
            .Where(t => t.CitizenId == happened.CitizenId && t.State <= TransferState.Ready)
            .ToList();
        foreach (var transfer in open)
        {
            var (state, kind) =
                transfer.State == TransferState.Ready
                    ? (TransferState.Expired, EventKinds.TransferExpired)
                    : (TransferState.Failed, EventKinds.TransferFailed);
            TransferEnd.Drop(scope, transfer, state, TransferCodes.AccountClosed);
            scope.Raise(TransferEnd.Happened(kind, "citizen", transfer, TransferCodes.AccountClosed));
        }
    }
}
