using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.Services;

/// <summary>What a service tried in vain, within the write that refuses; and what she is told where something of hers was stopped.</summary>
public sealed class ServiceRefusals(INotices notices, ServiceSettings settings)
{
    /// <summary>Told as often as it may be: whoever goes on must fill neither her history nor the disk.</summary>
    public void Tell(WriteScope scope, string serviceId, ServiceRequest row, string code) =>
        Tell(scope, serviceId, row, code, settings.MostRefusalsTold);

    /// <param name="most">times that it is told</param>
    /// <param name="item">the package that it is about; null: none</param>
    /// <param name="seal">the seal that the service named</param>
    internal static void Tell(
        WriteScope scope,
        string serviceId,
        ServiceRequest row,
        string code,
        int most,
        ServiceItem? item = null,
        string? seal = null
    )
    {
        var consent = row.ConsentId ?? row.FetchConsentId;
        var told = scope.Db.Set<Event>().Count(e => e.ConsentId == consent && e.Kind == EventKinds.ServiceRefused);
        if (row.CitizenId is null || told >= most)
        {
            scope.Bookkeeping();
            return;
        }
        scope.Raise(
            ServiceEvents.Happened(
                EventKinds.ServiceRefused,
                ServiceEvents.Of(serviceId),
                row,
                code,
                item,
                seal,
                to: false
            )
        );
    }

    /// <summary>What she had agreed to hand over does not go (any further): she hears of it.</summary>
    public void Stop(WriteScope scope, ServiceRequest row, object? service, string code, string actor)
    {
        if (!ServiceRequests.End(scope, row, code, actor) || row.State < RequestState.HandedOver)
            return;
        notices.Queue(
            scope,
            row.CitizenId!.Value,
            NoticeKinds.ServiceStopped,
            new
            {
                when = scope.Now,
                service,
                code,
                consent = row.ConsentId,
            }
        );
    }
}
