using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>What a request over the national wire has that a native one has not (protocols.md B2); sealed with the rest of it.</summary>
public sealed record NationalRequest
{
    /// <summary>The service's own name of it.</summary>
    public required string TxId { get; init; }

    /// <summary>The query that its <c>returnUrl</c> came with, which goes back with her; without "?".</summary>
    public string? Query { get; init; }

    /// <summary>Keyed pseudonym of whom the service means; null where it does not say. A hint: what counts is who signs in.</summary>
    public string? Person { get; init; }
}

/// <summary>
/// The steps of a request that the national wire takes in another way than the native one. It begins Opened, is HandedOver until the service has
/// taken its ticket, and Granted until it has fetched all at once.
/// </summary>
public sealed class NationalRequests(
    Consents consents,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    PersonalDataVault vault,
    ServiceSettings settings,
    TimeProvider time
)
{
    /// <summary>→ Opened: a browser came with it.</summary>
    /// <param name="id">that it is to have</param>
    /// <returns>False where this transaction came before: then nothing was stored.</returns>
    /// <exception cref="ServiceException">service.suspended, service.too_many; nothing was stored.</exception>
    public Task<bool> OpenAsync(Guid id, OnlineServiceListing service, RequestContent content, CancellationToken token)
    {
        var now = time.GetUtcNow().TrimToMilliseconds();
        var row = new ServiceRequest
        {
            Id = id,
            UriHash = NameOf(service.Id, content.National!.TxId),
            ServiceId = service.Id,
            Content = vault.Seal(JsonSerializer.Serialize(content), ServiceRequest.ContentPurpose, id),
            State = RequestState.Opened,
            CreatedAt = now,
            ExpiresAt = now + settings.OpenedLife,
        };
        return writer.WriteAsync(
            scope =>
            {
                // Nobody's yet: it is told when somebody is known to have come.
                scope.Bookkeeping();
                var rows = scope.Db.Set<ServiceRequest>();
                if (OverdueDeletions.IsSuspended(scope.Db, service.Id, scope.Now))
                    throw new ServiceException(ServiceCodes.Suspended);
                if (rows.Any(r => r.UriHash == row.UriHash))
                    return false;
                var waiting = rows.Count(r =>
                    r.ServiceId == service.Id
                    && r.State == RequestState.Opened
                    && r.CitizenId == null
                    && r.ExpiresAt > scope.Now
                );
                if (waiting >= settings.MostPushed)
                    throw new ServiceException(ServiceCodes.TooMany);
                scope.Db.Add(row);
                return true;
            },
            token
        );
    }

    /// <summary>Those of these that nobody has taken up yet.</summary>
    public async Task<IReadOnlySet<Guid>> NobodysAsync(IReadOnlyCollection<Guid> ids, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<ServiceRequest>()
            .Where(r => ids.Contains(r.Id) && r.State == RequestState.Opened && r.CitizenId == null)
            .Select(r => r.Id)
            .ToHashSetAsync(token);
    }

    /// <summary>A transaction that came before: where it is hers, or nobody's and not decided on yet.</summary>
    public async Task<ServiceRequest?> FindAsync(
        Guid? citizenId,
        string serviceId,
        string txId,
        CancellationToken token
    )
    {
        var hash = NameOf(serviceId, txId);
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<ServiceRequest>()
            .Where(r => r.UriHash == hash && r.State == RequestState.Opened)
            .FirstOrDefaultAsync(r => r.CitizenId == null || r.CitizenId == citizenId, token);
    }

    /// <summary>Within a write: hers, fetched for, and not decided on yet.</summary>
    internal static bool IsFetching(WriteScope scope, Guid citizenId, Guid requestId) =>
        scope
            .Db.Set<ServiceRequest>()
            .Any(r =>
                r.Id == requestId
                && r.CitizenId == citizenId
                && r.State == RequestState.Fetching
                && r.ExpiresAt > scope.Now
            );

    /// <summary>The signed record of her second decision, not yet stored.</summary>
    internal ConsentRecord Prepare(ConsentDraft draft) => consents.Prepare(draft);

    /// <summary>Her second decision: → HandedOver, or Ended.</summary>
    /// <param name="until">when the service must have taken its ticket</param>
    /// <returns>False where the same form was stored before: then nothing changes.</returns>
    /// <exception cref="ServiceException">service.package_gone, service.over, service.suspended; the write must not be done then.</exception>
    internal bool HandOver(
        WriteScope scope,
        Guid requestId,
        ConsentRecord consent,
        IReadOnlyList<Transfer> packages,
        (AssuranceLevel Level, DateTimeOffset AuthTime, DateTimeOffset Until) with
    )
    {
        var row = ServiceRequests.Find(scope, requestId) ?? throw new ServiceException(ServiceCodes.Over);
        if (!consents.Record(scope, consent, row.ServiceId))
            return row.ConsentId == consent.Id && row.CitizenId == consent.CitizenId
                ? false
                : throw new ServiceException(ServiceCodes.Over);
        if (row.CitizenId != consent.CitizenId || row.State != RequestState.Fetching || row.ExpiresAt <= scope.Now)
            throw new ServiceException(ServiceCodes.Over);
        var given = consent.Decision == ConsentDecision.Given;
        if (given)
            OverdueDeletions.Demand(scope, row.ServiceId);
        var gone = given
            ? HeldPackages.Until(scope, consent.CitizenId, [.. packages.Select(package => package.Id)])
                ?? throw new ServiceException(ServiceCodes.PackageGone)
            : default;
        ServiceHandOver.Mark(scope, row, consent);
        if (!given)
        {
            var marked = ServiceRequests.Read(scope, row.Id);
            ServiceRequests.End(scope, marked, ServiceCodes.Declined, ServiceEvents.Citizen);
            return true;
        }
        scope
            .Db.Set<ServiceRequest>()
            .Where(r => r.Id == row.Id)
            .ExecuteUpdate(set =>
                set.SetProperty(r => r.State, RequestState.HandedOver)
                    .SetProperty(r => r.PackagesUntil, (DateTimeOffset?)gone)
                    .SetProperty(r => r.Level, with.Level)
                    .SetProperty(r => r.AuthTime, (DateTimeOffset?)with.AuthTime)
                    .SetProperty(r => r.ExpiresAt, with.Until < gone ? with.Until : gone)
            );
        var now = ServiceRequests.Read(scope, row.Id);
        var items = packages.Select(package => ServiceHandOver.Add(scope, now, package, entry: null)).ToList();
        AgencyEvents.Queue(scope, now, SecurityEventTokens.HandedOver, items);
        return true;
    }

    /// <summary>HandedOver → Granted: the service has taken ticket and key. False where it was over by then.</summary>
    internal static bool Told(WriteScope scope, Guid requestId, TimeSpan life)
    {
        if (ServiceRequests.Find(scope, requestId) is not { } row)
            return false;
        var until = scope.Now + life;
        var told = scope
            .Db.Set<ServiceRequest>()
            .Where(r => r.Id == requestId && r.State == RequestState.HandedOver)
            .ExecuteUpdate(set =>
                set.SetProperty(r => r.State, RequestState.Granted)
                    .SetProperty(r => r.ExpiresAt, row.PackagesUntil is { } gone && gone < until ? gone : until)
            );
        if (told != 1)
            return false;
        scope.Raise(ServiceEvents.Happened(EventKinds.ServiceTicketGiven, ServiceEvents.Platform, row));
        return true;
    }

    /// <summary>The service begins to fetch: it has the packages from now on. False where it is not Granted (any more).</summary>
    internal static bool Fetched(WriteScope scope, Guid requestId, TimeSpan retention)
    {
        if (ServiceRequests.Find(scope, requestId) is not { } row)
            return false;
        if (row.State != RequestState.Granted || row.ExpiresAt <= scope.Now)
            return false;
        foreach (var item in scope.Db.Set<ServiceItem>().AsNoTracking().Where(i => i.RequestId == requestId).ToList())
        {
            if (item.FetchedAt is not null)
                continue;
            scope
                .Db.Set<ServiceItem>()
                .Where(i => i.RequestId == requestId && i.TransferId == item.TransferId)
                .ExecuteUpdate(set =>
                    set.SetProperty(i => i.FetchedAt, (DateTimeOffset?)scope.Now)
                        // Nobody signs for it, so nothing can be due: until when it may keep it she agreed to.
                        .SetProperty(i => i.DeleteBy, (DateTimeOffset?)(scope.Now + retention))
                );
            scope.Raise(
                ServiceEvents.Happened(
                    EventKinds.ServiceFetched,
                    ServiceEvents.Of(row.ServiceId),
                    row,
                    item: item,
                    seal: item.Seal,
                    signs: false
                )
            );
        }
        return true;
    }

    /// <summary>Granted → Received: the whole has gone out, and what waited on the relay goes with it.</summary>
    /// <returns>The request; null where it was over by then.</returns>
    internal static ServiceRequest? Finish(WriteScope scope, Guid requestId)
    {
        var finished = scope
            .Db.Set<ServiceRequest>()
            .Where(r => r.Id == requestId && r.State == RequestState.Granted)
            .ExecuteUpdate(set =>
                set.SetProperty(r => r.State, RequestState.Received)
                    .SetProperty(r => r.EndedAt, (DateTimeOffset?)scope.Now)
            );
        if (finished != 1)
            return null;
        var ids = scope.Db.Set<ServiceItem>().Where(i => i.RequestId == requestId).Select(i => i.TransferId).ToList();
        foreach (var transfer in ids)
            HandOvers.End(scope, transfer);
        return ServiceRequests.Read(scope, requestId);
    }

    private static string NameOf(string serviceId, string txId) =>
        TransferTokens.HashOf($"national\n{serviceId}\n{txId}");
}
