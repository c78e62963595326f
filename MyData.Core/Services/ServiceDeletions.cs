using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.OpenId;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>
/// A service's answer about a package that it has. Its signature says who answers: the token of the delivery is long dead. The same receipt again
/// changes nothing.
/// </summary>
public sealed class ServiceDeletions(
    OnlineServices services,
    DeletionReceipts receipts,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    INotices notices,
    ServiceSettings settings
)
{
    /// <exception cref="OpenIdException">invalid_request with service.deletion: the same for what nobody has, and what another has.</exception>
    public async Task AnswerAsync(Guid transferId, string receipt, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var item = await db.Set<ServiceItem>()
            .FirstOrDefaultAsync(i => i.TransferId == transferId && i.FetchedAt != null && i.Seal != null, token);
        var request = item is null
            ? null
            : await db.Set<ServiceRequest>().FirstOrDefaultAsync(r => r.Id == item.RequestId, token);
        var service = request is null ? null : await services.FindAnyAsync(request.ServiceId, token);
        if (item is null || service is null)
            throw OpenIdException.InvalidRequest("The receipt is not taken: transfer.", ServiceCodes.Deletion);
        if (item.DeletionReceipt == receipt)
            return;
        var answer = await receipts.CheckAsync(service, item, receipt, token);
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes(receipt));
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                if (answer.KeptUntil is { } until)
                    Kept(scope, service, item, receipt, until, answer.Law!, digest);
                else
                    Deleted(scope, service, item, receipt, digest);
            },
            token
        );
    }

    private void Deleted(
        WriteScope scope,
        OnlineServiceListing service,
        ServiceItem item,
        string receipt,
        byte[] digest
    )
    {
        var changed = This(scope, item)
            .ExecuteUpdate(set =>
                set.SetProperty(i => i.DeletedAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(i => i.DeletionReceipt, receipt)
                    .SetProperty(i => i.DueAt, (DateTimeOffset?)null)
                    .SetProperty(i => i.Entry, (string?)null)
            );
        if (changed != 1)
            return;
        // Who has deleted it cannot fetch it again.
        ServiceDeliveries.Finish(scope, item.RequestId);
        HandOvers.End(scope, item.TransferId);
        Happened(scope, EventKinds.ServiceDeleted, service, item, digest, null);
        // Of all that one request gave there is one notice, with the last of it.
        if (!Owes(scope, item.RequestId))
            Tell(scope, NoticeKinds.ServiceDeleted, service, item.RequestId, null);
    }

    private void Kept(
        WriteScope scope,
        OnlineServiceListing service,
        ServiceItem item,
        string receipt,
        DateTimeOffset until,
        string law,
        byte[] digest
    )
    {
        var changed = This(scope, item)
            .Where(i => i.AskedAt != null && i.KeptUntil == null)
            .ExecuteUpdate(set =>
                set.SetProperty(i => i.KeptUntil, (DateTimeOffset?)until)
                    .SetProperty(i => i.KeptLaw, law)
                    .SetProperty(i => i.DeletionReceipt, receipt)
                    .SetProperty(i => i.DueAt, (DateTimeOffset?)(until + settings.ReceiptTime))
                    .SetProperty(i => i.OverdueAt, (DateTimeOffset?)null)
                    .SetProperty(i => i.SuspendedAt, (DateTimeOffset?)null)
            );
        if (changed != 1)
            return;
        Happened(scope, EventKinds.ServiceKept, service, item, digest, until);
        Tell(scope, NoticeKinds.ServiceKept, service, item.RequestId, until);
    }

    private static bool Owes(WriteScope scope, Guid requestId) =>
        scope
            .Db.Set<ServiceItem>()
            .Any(i => i.RequestId == requestId && i.FetchedAt != null && i.DeletedAt == null && i.KeptUntil == null);

    private static IQueryable<ServiceItem> This(WriteScope scope, ServiceItem item) =>
        scope
            .Db.Set<ServiceItem>()
            .Where(i => i.RequestId == item.RequestId && i.TransferId == item.TransferId && i.DeletedAt == null);

    private static void Happened(
        WriteScope scope,
        string kind,
        OnlineServiceListing service,
        ServiceItem item,
        byte[] digest,
        DateTimeOffset? until
    ) =>
        scope.Raise(
            ServiceEvents.Happened(
                kind,
                ServiceEvents.Of(service.Id),
                ServiceRequests.Read(scope, item.RequestId),
                item: item,
                seal: item.Seal,
                answer: digest,
                until: until
            )
        );

    private void Tell(
        WriteScope scope,
        string notice,
        OnlineServiceListing service,
        Guid requestId,
        DateTimeOffset? until
    )
    {
        var request = ServiceRequests.Read(scope, requestId);
        notices.Queue(
            scope,
            request.CitizenId!.Value,
            notice,
            new
            {
                when = scope.Now,
                service = service.Name,
                until,
                consent = request.ConsentId,
            }
        );
    }
}
