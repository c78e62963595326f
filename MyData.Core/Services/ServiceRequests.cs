using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>A request, what was asked, and by whom.</summary>
public sealed record RequestView(ServiceRequest Request, RequestContent Content, OnlineServiceListing Service);

/// <summary>The citizen's side up to what she fetches: her look at a request, her no, her yes to fetch.</summary>
public sealed class ServiceRequests(
    Downloads downloads,
    OnlineServices services,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    PersonalDataVault vault,
    ServiceSettings settings,
    TimeProvider time
)
{
    private static readonly PerModel<Func<MyDataDb, Guid, ServiceRequest?>> ById = new(() =>
        EF.CompileQuery(
            (MyDataDb db, Guid id) => db.Set<ServiceRequest>().AsNoTracking().FirstOrDefault(r => r.Id == id)
        )
    );

    private readonly Func<MyDataDb, Guid, Guid?, CancellationToken, Task<ServiceRequest?>> _hers = EF.CompileAsyncQuery(
        (MyDataDb db, Guid id, Guid? citizenId, CancellationToken _) =>
            db.Set<ServiceRequest>()
                .FirstOrDefault(r =>
                    r.Id == id && r.FetchOfId == null && (r.CitizenId == null || r.CitizenId == citizenId)
                )
    );

    /// <summary>A request that is nobody's yet, or hers; null for anybody else's, and where the service is listed no more.</summary>
    public async Task<RequestView?> FindAsync(Guid? citizenId, Guid id, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var row = await _hers(db, id, citizenId, token);
        return row is null or { State: RequestState.Pushed } ? null : await ViewAsync(row, token);
    }

    /// <summary>Hers, by her consent to fetch.</summary>
    public async Task<Guid?> OfConsentAsync(Guid citizenId, Guid consentId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<ServiceRequest>()
            .Where(r => r.CitizenId == citizenId && (r.FetchConsentId == consentId || r.ConsentId == consentId))
            .Where(r => r.FetchOfId == null)
            .Select(r => (Guid?)r.Id)
            .FirstOrDefaultAsync(token);
    }

    /// <summary>She is known now, and from now on nobody else sees it. Null where it is another's, or over.</summary>
    public async Task<RequestView?> BindAsync(Guid citizenId, Guid id, CancellationToken token = default)
    {
        if (await FindAsync(citizenId, id, token) is not { } view)
            return null;
        if (view.Request.CitizenId == citizenId)
            return view;
        await writer.WriteAsync(
            scope =>
            {
                var changed = scope
                    .Db.Set<ServiceRequest>()
                    .Where(r => r.Id == id && r.CitizenId == null)
                    .Where(r => r.State == RequestState.Opened && r.ExpiresAt > scope.Now)
                    .ExecuteUpdate(set => set.SetProperty(r => r.CitizenId, citizenId));
                if (changed == 1)
                    scope.Raise(
                        ServiceEvents.Happened(
                            EventKinds.ServiceAsked,
                            ServiceEvents.Of(view.Service.Id),
                            Read(scope, id),
                            to: false
                        )
                    );
            },
            token
        );
        // Her own other click may have been first.
        return await FindAsync(citizenId, id, token) is { } bound && bound.Request.CitizenId == citizenId
            ? bound
            : null;
    }

    /// <summary>Her no, before she has handed anything over: at every point of the way.</summary>
    /// <returns>The request as it was; where it leads back to says <see cref="ReturnAddress"/>.</returns>
    /// <exception cref="ServiceException">service.over.</exception>
    public Task<RequestView> DeclineAsync(Guid? citizenId, Guid id, string code, CancellationToken token = default) =>
        DeclineAsync(citizenId, id, code, with: null, token);

    /// <inheritdoc cref="DeclineAsync(Guid?, Guid, string, CancellationToken)"/>
    /// <param name="with">what else belongs to it, in its transaction</param>
    internal async Task<RequestView> DeclineAsync(
        Guid? citizenId,
        Guid id,
        string code,
        Action<WriteScope>? with,
        CancellationToken token
    )
    {
        var view = await FindAsync(citizenId, id, token) ?? throw new ServiceException(ServiceCodes.Over);
        var declined = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                if (Find(scope, id) is not { } row || (row.CitizenId is not null && row.CitizenId != citizenId))
                    return false;
                if (row.State > RequestState.Fetching || !End(scope, row, code, ServiceEvents.Citizen))
                    return false;
                if (row.FetchConsentId is { } consent)
                    TakenBack.Stop(scope, consent);
                with?.Invoke(scope);
                return true;
            },
            token
        );
        return declined ? view : throw new ServiceException(ServiceCodes.Over);
    }

    /// <summary>
    /// Her decision to fetch: with a yes the agencies are asked for what bears no seal, with a no the request ends; one transaction.
    /// </summary>
    /// <exception cref="ServiceException">service.over, service.package_gone, service.suspended; nothing was stored.</exception>
    /// <exception cref="TransferException">As <see cref="Downloads.DecideAsync"/>.</exception>
    public Task DecideAsync(RequestView view, DecideDownload decision, CancellationToken token = default)
    {
        var (id, citizen) = (view.Request.Id, decision.Consent.CitizenId);
        var held = decision.Consent.Items.Select(item => item.Seal).OfType<string>().ToList();
        return downloads.DecideAsync(decision with { Service = view.Service.Id }, Move, token);

        void Move(WriteScope scope)
        {
            var given = decision.Consent.Decision == ConsentDecision.Given;
            if (given)
                OverdueDeletions.Demand(scope, view.Service.Id);
            var changed = scope
                .Db.Set<ServiceRequest>()
                .Where(r => r.Id == id && r.CitizenId == citizen)
                .Where(r => r.State == RequestState.Opened && r.ExpiresAt > scope.Now)
                .ExecuteUpdate(set =>
                    set.SetProperty(r => r.State, RequestState.Fetching)
                        .SetProperty(r => r.FetchConsentId, decision.Consent.Id)
                        .SetProperty(r => r.ExpiresAt, scope.Now + settings.FetchingLife)
                );
            if (given && !HeldPackages.AreWaiting(scope, citizen, held))
                throw new ServiceException(ServiceCodes.PackageGone);
            if (changed != 1 || (!given && !End(scope, Read(scope, id), ServiceCodes.Declined, ServiceEvents.Citizen)))
                throw new ServiceException(ServiceCodes.Over);
        }
    }

    internal async Task<RequestView?> ViewAsync(ServiceRequest row, CancellationToken token)
    {
        if (await services.FindAsync(row.ServiceId, token) is not { } service)
            return null;
        var text = vault.Open(row.Content, ServiceRequest.ContentPurpose, row.Id);
        return new(row, JsonSerializer.Deserialize<RequestContent>(text)!, service);
    }

    /// <summary>Whether its time is over, whatever the sweep has done yet.</summary>
    public bool IsOver(ServiceRequest request) => request.IsOver || request.ExpiresAt <= time.GetUtcNow();

    /// <summary>Null where it is gone since it was looked at: she closed her account, or its time was over.</summary>
    internal static ServiceRequest? Find(WriteScope scope, Guid id) => ById.For(scope.Db)(scope.Db, id);

    /// <summary>One that this write has found or changed already.</summary>
    internal static ServiceRequest Read(WriteScope scope, Guid id) =>
        Find(scope, id) ?? throw new InvalidOperationException($"There is no request {id}.");

    /// <summary>→ Ended: code, token and entries are dead with it. False where it had ended, or all was received.</summary>
    internal static bool End(WriteScope scope, ServiceRequest row, string code, string actor)
    {
        var ended = scope
            .Db.Set<ServiceRequest>()
            .Where(r => r.Id == row.Id && r.State < RequestState.Received)
            .ExecuteUpdate(set =>
                set.SetProperty(r => r.State, RequestState.Ended)
                    .SetProperty(r => r.Code, code)
                    .SetProperty(r => r.EndedAt, (DateTimeOffset?)scope.Now)
            );
        if (ended != 1)
            return false;
        scope
            .Db.Set<ServiceItem>()
            .Where(item => item.RequestId == row.Id)
            .ExecuteUpdate(set => set.SetProperty(item => item.Entry, (string?)null));
        // Who never had a token has nothing to go on with.
        if (row.TokenHash is null)
            scope.Db.Set<StandingConsent>().Where(s => s.RequestId == row.Id).ExecuteDelete();
        if (row.CitizenId is not null)
            scope.Raise(ServiceEvents.Happened(EventKinds.ServiceEnded, actor, row, code));
        return true;
    }
}
