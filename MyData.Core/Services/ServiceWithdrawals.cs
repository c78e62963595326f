using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Services;

/// <summary>
/// She takes back what she agreed to, in whatever state it is: what is under way ends with its tokens and waiting packages, and of what the service
/// has already an answer is due. All of it, and the event that the service is told, is one transaction.
/// </summary>
public sealed class ServiceWithdrawals(Consents consents, IDbContextFactory<MyDataDb> databases, IWriter writer)
{
    /// <summary>Whether there is anything that a withdrawal would still end or ask for.</summary>
    /// <param name="request">hers</param>
    /// <param name="items">of it, and of the fetches by its standing consent</param>
    /// <param name="standing">what she agreed to for later; null: nothing</param>
    public static bool IsOpen(ServiceRequest request, IEnumerable<ServiceItem> items, StandingConsent? standing) =>
        request is { FetchConsentId: not null, WithdrawnAt: null }
        && (
            !request.IsOver
            || standing is { EndedAt: null }
            || items.Any(item => item is { FetchedAt: not null, DeletedAt: null })
        );

    /// <returns>False where it is not hers, or nothing is left to take back: then nothing changed.</returns>
    public async Task<bool> WithdrawAsync(
        Guid citizenId,
        Guid sessionId,
        Guid requestId,
        CancellationToken token = default
    )
    {
        ServiceRequest? found;
        await using (var db = await databases.CreateDbContextAsync(token))
            found = await db.Set<ServiceRequest>()
                .FirstOrDefaultAsync(r => r.Id == requestId && r.CitizenId == citizenId, token);
        if (found?.FetchConsentId is not { } fetch)
            return false;
        // Unsealed before the write; what she decided on never changes.
        var items = await consents.FindAsync(citizenId, fetch, token) is { } consent ? consents.Items(consent) : [];
        return await writer.WriteAsync(
            scope =>
            {
                if (ServiceRequests.Find(scope, requestId) is not { } row)
                    return false;
                if (!IsOpen(row, ItemsOfAll(scope, row), StandingEnds.Find(scope, row.Id)))
                    return false;
                StandingEnds.Withdraw(scope, row.Id);
                // The younger one first: what the service has is asked for by the consent by which it has it.
                Guid?[] both = [row.ConsentId, row.FetchConsentId];
                foreach (var id in both.OfType<Guid>())
                    Withdraw(scope, row, sessionId, id, [.. items.Select(item => item.DataSet)]);
                return true;
            },
            token
        );
    }

    /// <summary>What follows from a consent that was taken back, within that write; of a standing one, for all its fetches at once.</summary>
    internal static void Follow(WriteScope scope, ServiceRequest request, ServiceSettings settings)
    {
        ServiceRequests.End(scope, request, ServiceCodes.Withdrawn, ServiceEvents.Citizen);
        var first = scope
            .Db.Set<ServiceRequest>()
            .Where(r => r.Id == request.Id && r.WithdrawnAt == null)
            .ExecuteUpdate(set => set.SetProperty(r => r.WithdrawnAt, (DateTimeOffset?)scope.Now));
        if (first != 1)
            return;
        // Whoever withdrew it: she at her page, or the recovery of an older database.
        StandingEnds.Withdraw(scope, request.Id);
        var all = ItemsOfAll(scope, request);
        // Of what was fetched by a standing consent its agency hears where something left.
        AgencyEvents.Queue(
            scope,
            request,
            SecurityEventTokens.ConsentRevoked,
            [.. all.Where(item => item.RequestId == request.Id || item.FetchedAt is not null)]
        );
        // Who never had a token knows neither her nor this consent, and learns nothing of it now.
        if (request.TokenHash is null)
            return;
        var due = scope.Now + settings.AnswerTime;
        var has = all.Where(item => item is { FetchedAt: not null, DeletedAt: null }).ToList();
        foreach (var item in has)
            Ask(scope, item, due);
        SecurityEventTokens.Queue(scope, request, SecurityEventTokens.ConsentRevoked, has, due);
        scope.Raise(
            ServiceEvents.Happened(
                EventKinds.ServiceAskedToDelete,
                ServiceEvents.Platform,
                request,
                until: has.Count > 0 ? due : null
            )
        );
    }

    private static void Withdraw(
        WriteScope scope,
        ServiceRequest row,
        Guid sessionId,
        Guid consentId,
        IReadOnlyList<string> datasets
    )
    {
        var citizen = row.CitizenId!.Value;
        if (
            Consents.Find(scope, consentId) is not { Decision: ConsentDecision.Given } consent
            || !Consents.Withdraw(scope, citizen, consentId)
        )
            return;
        scope.Raise(
            new Event
            {
                Kind = EventKinds.ConsentWithdrawn,
                Actor = ServiceEvents.Citizen,
                CitizenId = citizen,
                ConsentId = consentId,
                SessionId = sessionId,
                Purpose = consent.Purpose,
                Details = JsonSerializer.Serialize(new { datasets, service = row.ServiceId }),
            }
        );
    }

    // An answer that is due sooner stays due sooner.
    private static void Ask(WriteScope scope, ServiceItem item, DateTimeOffset due) =>
        scope
            .Db.Set<ServiceItem>()
            .Where(i => i.RequestId == item.RequestId && i.TransferId == item.TransferId)
            .ExecuteUpdate(set =>
                set.SetProperty(i => i.AskedAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(i => i.DueAt, item.DueAt < due ? item.DueAt : (DateTimeOffset?)due)
            );

    private static List<ServiceItem> ItemsOfAll(WriteScope scope, ServiceRequest request) =>
        [
            .. scope
                .Db.Set<ServiceItem>()
                .AsNoTracking()
                .Where(item =>
                    item.RequestId == request.Id
                    || scope
                        .Db.Set<ServiceRequest>()
                        .Any(fetch => fetch.Id == item.RequestId && fetch.FetchOfId == request.Id)
                ),
        ];
}
