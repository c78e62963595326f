using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>What is under way by a standing consent: its fetches, each a request of its own, and the first hand-over while that one lasts.</summary>
internal static class StandingFetches
{
    /// <summary>All of it: tokens are dead, waiting packages gone, nobody waits for an agency any more.</summary>
    /// <returns>What the service does not get any more.</returns>
    public static IReadOnlyList<ServiceItem> Stop(WriteScope scope, StandingConsent standing, string code, string actor)
    {
        var gone = new List<ServiceItem>();
        foreach (var request in Open(scope, standing))
        {
            var waiting = Waiting(scope, request.Id).ToList();
            if (!ServiceRequests.End(scope, request, code, actor))
                continue;
            TakenBack.Stop(scope, [.. waiting.Select(item => item.TransferId)], actor);
            gone.AddRange(waiting);
        }
        return gone;
    }

    /// <summary>One item of it; the rest goes on.</summary>
    /// <returns>What the service does not get any more.</returns>
    public static IReadOnlyList<ServiceItem> Strike(WriteScope scope, StandingConsent standing, string dataSet)
    {
        var gone = new List<ServiceItem>();
        foreach (var request in Open(scope, standing))
        {
            var struck = Waiting(scope, request.Id).Where(item => item.DataSetId == dataSet).ToList();
            foreach (var item in struck)
                Fail(scope, item, StandingCodes.Struck);
            TakenBack.Stop(scope, [.. struck.Select(item => item.TransferId)], ServiceEvents.Citizen);
            if (struck.Count > 0)
                Settle(scope, request, StandingCodes.Struck, ServiceEvents.Citizen);
            gone.AddRange(struck);
        }
        return gone;
    }

    /// <summary>An agency has nothing, or failed: of this item nothing comes.</summary>
    public static void Missing(WriteScope scope, Guid transferId, string code)
    {
        var item = scope
            .Db.Set<ServiceItem>()
            .AsNoTracking()
            .FirstOrDefault(i => i.TransferId == transferId && i.Failure == null && i.ReceivedAt == null);
        if (item is null)
            return;
        Fail(scope, item, code);
        Settle(scope, ServiceRequests.Read(scope, item.RequestId), ServiceCodes.NotFetched, ServiceEvents.Platform);
    }

    /// <summary>Those whose requests are not over yet.</summary>
    private static List<ServiceRequest> Open(WriteScope scope, StandingConsent standing) =>
        [
            .. scope
                .Db.Set<ServiceRequest>()
                .AsNoTracking()
                .Where(r => r.Id == standing.RequestId || r.FetchOfId == standing.RequestId)
                .Where(r => r.State == RequestState.HandedOver || r.State == RequestState.Granted),
        ];

    private static IQueryable<ServiceItem> Waiting(WriteScope scope, Guid requestId) =>
        scope
            .Db.Set<ServiceItem>()
            .AsNoTracking()
            .Where(i => i.RequestId == requestId)
            .Where(i => i.ReceivedAt == null && i.DeletedAt == null && i.Failure == null);

    private static void Fail(WriteScope scope, ServiceItem item, string code) =>
        scope
            .Db.Set<ServiceItem>()
            .Where(i => i.RequestId == item.RequestId && i.TransferId == item.TransferId)
            .ExecuteUpdate(set => set.SetProperty(i => i.Failure, code).SetProperty(i => i.Entry, (string?)null));

    // Nothing is left to wait for: it is over as what it has come to.
    private static void Settle(WriteScope scope, ServiceRequest request, string code, string actor)
    {
        if (Waiting(scope, request.Id).Any())
            return;
        if (scope.Db.Set<ServiceItem>().Any(i => i.RequestId == request.Id && i.ReceivedAt != null))
            ServiceDeliveries.Finish(scope, request.Id);
        else
            ServiceRequests.End(scope, request, code, actor);
    }
}
