using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>An answer that a service owes, for those who look after it: nothing in it says whose it is.</summary>
/// <param name="Asked">she asked for it back; else its retention is over</param>
public sealed record OverdueDeletion(
    string ServiceId,
    Guid TransferId,
    string DataSetId,
    bool Asked,
    DateTimeOffset DueAt,
    bool Suspended
);

/// <summary>
/// What services do not answer in time: she is told, the service is reminded, and one that goes on owing can push no new request and is given nothing
/// more until it has answered.
/// </summary>
public sealed class OverdueDeletions(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    OnlineServices services,
    INotices notices,
    ServiceSettings settings,
    TimeProvider time
)
{
    private const int MostAtOnce = 100;

    /// <summary>The most that a page shows.</summary>
    public const int MostShown = 200;

    // By what is due, which is little and has an index: every push and every token asks this.
    private static readonly PerModel<Func<MyDataDb, string, DateTimeOffset, bool>> Owes = new(() =>
        EF.CompileQuery(
            (MyDataDb db, string serviceId, DateTimeOffset now) =>
                db.Set<ServiceItem>()
                    .Any(i =>
                        i.DueAt <= now
                        && i.SuspendedAt != null
                        && i.DeletedAt == null
                        && db.Set<ServiceRequest>().Any(r => r.Id == i.RequestId && r.ServiceId == serviceId)
                    )
        )
    );

    /// <summary>It owes an answer for so long that it may ask nobody, and is given nothing; over with its last answer.</summary>
    public static bool IsSuspended(MyDataDb db, string serviceId, DateTimeOffset now) =>
        Owes.For(db)(db, serviceId, now);

    /// <summary>The same of the service <c>$1</c> at <c>$2</c>, for a statement by hand.</summary>
    internal const string Suspends = """
        EXISTS (SELECT 1 FROM service_items JOIN service_requests AS owing ON owing."Id" = service_items."RequestId"
        WHERE service_items."DueAt" <= $2 AND service_items."SuspendedAt" IS NOT NULL AND service_items."DeletedAt" IS NULL
        AND owing."ServiceId" = $1)
        """;

    /// <summary>Within a write that would hand something over: to who is suspended nothing goes, not what she agreed to before either.</summary>
    /// <exception cref="ServiceException">service.suspended; the write must not be done then.</exception>
    internal static void Demand(WriteScope scope, string serviceId)
    {
        if (IsSuspended(scope.Db, serviceId, scope.Now))
            throw new ServiceException(ServiceCodes.Suspended);
    }

    /// <summary>As RFC 6749 §4.1.2.1 and §5.2 word it.</summary>
    public static OpenIdException Refusal() =>
        new("unauthorized_client", 400, "It owes answers.", ServiceCodes.Suspended);

    /// <inheritdoc cref="IsSuspended"/>
    public async Task<bool> IsSuspendedAsync(string serviceId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return IsSuspended(db, serviceId, time.GetUtcNow());
    }

    /// <summary>The ids of all that are.</summary>
    public async Task<IReadOnlySet<string>> SuspendedAsync(CancellationToken token = default)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<ServiceItem>()
            .Where(i => i.DueAt <= now && i.SuspendedAt != null && i.DeletedAt == null)
            .Join(db.Set<ServiceRequest>(), i => i.RequestId, r => r.Id, (_, r) => r.ServiceId)
            .Distinct()
            .ToHashSetAsync(token);
    }

    /// <summary>All that is owed past its time, the longest first.</summary>
    public async Task<IReadOnlyList<OverdueDeletion>> ListAsync(CancellationToken token = default)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(token);
        return await (
            from item in db.Set<ServiceItem>()
            where item.DeletedAt == null && item.DueAt <= now
            join request in db.Set<ServiceRequest>() on item.RequestId equals request.Id
            orderby item.DueAt
            select new OverdueDeletion(
                request.ServiceId,
                item.TransferId,
                item.DataSetId,
                item.AskedAt != null,
                item.DueAt!.Value,
                item.SuspendedAt != null
            )
        )
            .Take(MostShown)
            .ToListAsync(token);
    }

    /// <summary>One round.</summary>
    public async Task SweepAsync(CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using (var db = await databases.CreateDbContextAsync(token))
            if (!await Untold(db, now).AnyAsync(token) && !await Unpunished(db, now).AnyAsync(token))
                return;
        var names = new Dictionary<string, object>();
        foreach (var service in await services.ListAsync(token))
            names[service.Id] = service.Name;
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                foreach (var same in Untold(scope.Db, scope.Now).Take(MostAtOnce).ToList().GroupBy(i => i.RequestId))
                    Remind(scope, [.. same], names);
                foreach (var item in Unpunished(scope.Db, scope.Now).Take(MostAtOnce).ToList())
                    Suspend(scope, item);
            },
            token
        );
    }

    private void Remind(WriteScope scope, IReadOnlyList<ServiceItem> items, Dictionary<string, object> names)
    {
        var request = ServiceRequests.Read(scope, items[0].RequestId);
        foreach (var item in items)
        {
            This(scope, item).ExecuteUpdate(set => set.SetProperty(i => i.OverdueAt, (DateTimeOffset?)scope.Now));
            scope.Raise(
                ServiceEvents.Happened(
                    EventKinds.ServiceOverdue,
                    ServiceEvents.Platform,
                    request,
                    item: item,
                    seal: item.Seal,
                    until: item.DueAt
                )
            );
        }
        SecurityEventTokens.Queue(
            scope,
            request,
            SecurityEventTokens.DeletionOverdue,
            items,
            scope.Now + settings.SuspendAfter
        );
        notices.Queue(
            scope,
            request.CitizenId!.Value,
            NoticeKinds.ServiceOverdue,
            new
            {
                when = scope.Now,
                service = names.GetValueOrDefault(request.ServiceId, request.ServiceId),
                consent = request.ConsentId,
            }
        );
    }

    private static void Suspend(WriteScope scope, ServiceItem item)
    {
        This(scope, item).ExecuteUpdate(set => set.SetProperty(i => i.SuspendedAt, (DateTimeOffset?)scope.Now));
        scope.Raise(
            ServiceEvents.Happened(
                EventKinds.ServiceSuspended,
                ServiceEvents.Platform,
                ServiceRequests.Read(scope, item.RequestId),
                ServiceCodes.Suspended,
                item: item
            )
        );
    }

    private static IQueryable<ServiceItem> This(WriteScope scope, ServiceItem item) =>
        scope.Db.Set<ServiceItem>().Where(i => i.RequestId == item.RequestId && i.TransferId == item.TransferId);

    private static IQueryable<ServiceItem> Untold(MyDataDb db, DateTimeOffset now) =>
        db.Set<ServiceItem>()
            .AsNoTracking()
            .Where(i => i.DeletedAt == null && i.DueAt <= now && i.OverdueAt == null)
            .OrderBy(i => i.DueAt);

    private IQueryable<ServiceItem> Unpunished(MyDataDb db, DateTimeOffset now)
    {
        var before = now - settings.SuspendAfter;
        return db.Set<ServiceItem>()
            .AsNoTracking()
            // Since the reminder, not since it was due: who was reminded late has the whole time all the same.
            .Where(i => i.DeletedAt == null && i.DueAt <= now && i.OverdueAt <= before && i.SuspendedAt == null)
            .OrderBy(i => i.DueAt);
    }
}
