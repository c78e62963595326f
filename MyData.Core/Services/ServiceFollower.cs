using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Services;

/// <summary>
/// What ends requests that others begin: a package is gone ("done", time, a hand-over elsewhere), a consent is taken back, an account is
/// closed. In that very write, so no code or token outlives what it is for.
/// </summary>
internal sealed class ServiceFollower(ServiceSettings settings) : IEventFollower
{
    // Asked at the end of every transfer. What is acknowledged, or deleted already, is as it should be; the rest of the request waits on.
    private readonly Func<MyDataDb, Guid, IEnumerable<ServiceRequest>> _waiting = EF.CompileQuery(
        (MyDataDb db, Guid transfer) =>
            db.Set<ServiceRequest>()
                .AsNoTracking()
                .Where(r =>
                    r.State < RequestState.Received
                    && db.Set<ServiceItem>()
                        .Any(i =>
                            i.RequestId == r.Id
                            && i.TransferId == transfer
                            && i.ReceivedAt == null
                            && i.DeletedAt == null
                            && i.Failure == null
                        )
                )
    );

    public void Follow(WriteScope scope, Event happened)
    {
        switch (happened.Kind)
        {
            case EventKinds.TransferDone
            or EventKinds.TransferExpired
            or EventKinds.TransferHandedOver when happened.TransferId is { } transfer:
                foreach (var request in _waiting(scope.Db, transfer).ToList())
                    ServiceRequests.End(scope, request, ServiceCodes.PackageGone, ServiceEvents.Platform);
                break;
            case EventKinds.TransferEmpty when happened.TransferId is { } transfer:
                StandingFetches.Missing(scope, transfer, StandingCodes.NothingHeld);
                break;
            case EventKinds.TransferFailed when happened.TransferId is { } transfer:
                StandingFetches.Missing(scope, transfer, ServiceCodes.NotFetched);
                break;
            case EventKinds.ConsentWithdrawn when happened.ConsentId is { } consent:
                foreach (var request in Of(scope, consent))
                    ServiceWithdrawals.Follow(scope, request, settings);
                break;
            case EventKinds.AccountClosed when happened.CitizenId is { } citizen:
                // What she handed over stays in her events, which stay; token and code die with their row. What a service is still to be told
                // it is told.
                StandingEnds.Forget(scope, citizen);
                scope.Db.Set<ServiceRequest>().Where(r => r.CitizenId == citizen).ExecuteDelete();
                break;
        }
    }

    private static List<ServiceRequest> Of(WriteScope scope, Guid consent) =>
        [
            .. scope
                .Db.Set<ServiceRequest>()
                .AsNoTracking()
                .Where(r => r.FetchOfId == null && (r.FetchConsentId == consent || r.ConsentId == consent)),
        ];
}
