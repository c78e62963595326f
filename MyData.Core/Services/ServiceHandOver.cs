using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>What she decided after she had seen the packages.</summary>
public sealed record DecideHandOver
{
    public required RequestView View { get; init; }

    /// <summary>Made with the page: the same form sent twice is one decision.</summary>
    public required ConsentDraft Consent { get; init; }

    /// <summary>The packages that she saw, in the order of the consent's items.</summary>
    public required IReadOnlyList<Transfer> Packages { get; init; }

    /// <summary>By transfer, the entry that her browser wrapped for the service's key; none with a no.</summary>
    public required IReadOnlyDictionary<Guid, string> Entries { get; init; }
    public required AssuranceLevel Level { get; init; }
    public required string Methods { get; init; }
    public required DateTimeOffset AuthTime { get; init; }
}

/// <summary>The second consent: the very packages before her go to the service, wrapped by her browser; the code is the service's to fetch them.</summary>
public sealed class ServiceHandOver(
    Consents consents,
    IWriter writer,
    PersonalDataVault vault,
    ServiceSettings settings,
    ReturnAddress back
)
{
    /// <returns>The address that leads her back, with the code or <c>access_denied</c>.</returns>
    /// <exception cref="ServiceException">service.malformed, service.package_gone, service.over, service.suspended; nothing was stored.</exception>
    public async Task<string> DecideAsync(DecideHandOver request, CancellationToken token = default)
    {
        var (view, draft) = (request.View, request.Consent);
        var given = draft.Decision == ConsentDecision.Given;
        var key = Jwk.Parse(view.Service.RecipientKey);
        if (given && key.Thumbprint() != view.Content.RecipientThumbprint)
            throw new ServiceException(ServiceCodes.Over);
        var alg = key.Kty == "RSA" ? JoseNames.RsaOaep256 : JoseNames.EcdhEsA256Kw;
        if (given && !HandOverEntries.Fit(request.Packages, request.Entries, alg, key.Kid!))
            throw new ServiceException(ServiceCodes.Malformed);
        if (draft.Standing is { } use && !IsWithin(use, view.Content.Standing))
            throw new ServiceException(ServiceCodes.Malformed);
        var consent = consents.Prepare(draft);
        // Made of the decision: whoever clicks twice is led back with the same code, and only its hash is kept.
        var code = vault.Pseudonym($"{view.Request.Id:N}:{draft.Id:N}", "service-code");
        await writer.WriteAsync(scope => Decide(scope, request, consent, TransferTokens.HashOf(code)), token);
        return given ? back.WithCode(view.Content, code) : back.WithError(view.Content, ServiceCodes.Declined);
    }

    // She may agree to less than was asked for, and to nothing else.
    private static bool IsWithin(StandingUse use, RequestedUse? asked) =>
        asked is not null && use.Every >= asked.Every && use.Until - use.From <= asked.Window;

    private void Decide(WriteScope scope, DecideHandOver request, ConsentRecord consent, string codeHash)
    {
        var row = ServiceRequests.Find(scope, request.View.Request.Id) ?? throw new ServiceException(ServiceCodes.Over);
        if (!consents.Record(scope, consent, row.ServiceId))
        {
            if (row.ConsentId != consent.Id || row.CitizenId != consent.CitizenId)
                throw new ServiceException(ServiceCodes.Over);
            return;
        }
        if (row.CitizenId != consent.CitizenId || row.State != RequestState.Fetching || row.ExpiresAt <= scope.Now)
            throw new ServiceException(ServiceCodes.Over);
        if (consent.Decision != ConsentDecision.Given)
        {
            Mark(scope, row, consent);
            ServiceRequests.End(
                scope,
                ServiceRequests.Read(scope, row.Id),
                ServiceCodes.Declined,
                ServiceEvents.Citizen
            );
            return;
        }
        OverdueDeletions.Demand(scope, row.ServiceId);
        var ids = request.Packages.Select(package => package.Id).ToList();
        var until =
            HeldPackages.Until(scope, consent.CitizenId, ids) ?? throw new ServiceException(ServiceCodes.PackageGone);
        Mark(scope, row, consent);
        scope
            .Db.Set<ServiceRequest>()
            .Where(r => r.Id == row.Id)
            .ExecuteUpdate(set =>
                set.SetProperty(r => r.State, RequestState.HandedOver)
                    .SetProperty(r => r.CodeHash, codeHash)
                    .SetProperty(r => r.PackagesUntil, (DateTimeOffset?)until)
                    .SetProperty(r => r.Level, request.Level)
                    .SetProperty(r => r.AuthTime, (DateTimeOffset?)request.AuthTime)
                    .SetProperty(r => r.ExpiresAt, scope.Now + settings.CodeLife)
            );
        var now = ServiceRequests.Read(scope, row.Id);
        var items = request.Packages.Select(package => Add(scope, now, package, request.Entries[package.Id])).ToList();
        AgencyEvents.Queue(scope, now, SecurityEventTokens.HandedOver, items);
        if (request.Consent.Standing is { } use)
            Agree(scope, now, request, use);
    }

    /// <summary>What she ticked besides; it begins with the service's first token.</summary>
    private static void Agree(WriteScope scope, ServiceRequest row, DecideHandOver request, StandingUse use)
    {
        var standing = new StandingConsent
        {
            RequestId = row.Id,
            CitizenId = row.CitizenId!.Value,
            ServiceId = row.ServiceId,
            ConsentId = row.ConsentId!.Value,
            TermsVersion = request.View.Service.TermsVersion,
            From = use.From,
            Until = use.Until,
            EverySeconds = (long)use.Every.TotalSeconds,
            Level = request.Level,
            Methods = request.Methods,
            AuthTime = request.AuthTime,
            NextAt = use.From,
        };
        scope.Db.Add(standing);
        scope.Raise(
            StandingEvents.Happened(EventKinds.StandingAgreed, ServiceEvents.Citizen, standing, until: use.Until)
        );
    }

    internal static void Mark(WriteScope scope, ServiceRequest row, ConsentRecord consent) =>
        scope
            .Db.Set<ServiceRequest>()
            .Where(r => r.Id == row.Id)
            .ExecuteUpdate(set => set.SetProperty(r => r.ConsentId, consent.Id));

    internal static ServiceItem Add(WriteScope scope, ServiceRequest row, Transfer package, string? entry)
    {
        var item = new ServiceItem
        {
            RequestId = row.Id,
            TransferId = package.Id,
            DataSetId = package.DataSetId,
            Entry = entry,
            Seal = package.SealDigest,
        };
        scope.Db.Add(item);
        scope.Raise(
            ServiceEvents.Happened(
                EventKinds.ServiceHandedOver,
                ServiceEvents.Citizen,
                row,
                item: item,
                seal: package.SealDigest
            )
        );
        return item;
    }
}
