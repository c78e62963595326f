using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Notifications;

namespace MyData.Core.Services;

/// <summary>What she is told of deliveries: one notice for the hand-over that she made, and one for each fetch by a standing consent.</summary>
public sealed class DeliveryNotices(INotices notices)
{
    /// <summary>By a standing consent: told as soon as something of it has left, whether the service will sign for it or not.</summary>
    public void Fetched(WriteScope scope, ServiceRequest row, object service, Guid transferId)
    {
        if (
            row.FetchOfId is null
            || scope
                .Db.Set<ServiceItem>()
                .Any(i => i.RequestId == row.Id && i.FetchedAt != null && i.TransferId != transferId)
        )
            return;
        Queue(scope, row, NoticeKinds.StandingFetched, service);
    }

    /// <summary>All of it is signed for.</summary>
    public void Received(WriteScope scope, ServiceRequest row, object service)
    {
        if (row.FetchOfId is null)
            Queue(scope, row, NoticeKinds.ServiceReceived, service);
    }

    private void Queue(WriteScope scope, ServiceRequest row, string kind, object service) =>
        notices.Queue(
            scope,
            row.CitizenId!.Value,
            kind,
            new
            {
                when = scope.Now,
                service,
                consent = row.ConsentId,
            }
        );
}
