using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Data;

namespace MyData.Core.Services;

/// <summary>What she agreed to with one service at one time, and what became of it.</summary>
/// <param name="Service">also where it is listed no more</param>
/// <param name="Agreed">the items of her last decision</param>
/// <param name="Items">what the service was to have, also by the fetches of a standing consent</param>
/// <param name="Told">what the service was, or is to be, told: that she took it back, else the newest reminder; null: nothing</param>
public sealed record ServiceConsentView(
    ServiceRequest Request,
    RequestContent Content,
    OnlineServiceListing Service,
    IReadOnlyList<ConsentItem> Agreed,
    IReadOnlyList<ServiceItem> Items,
    SecurityEvent? Told
)
{
    /// <summary>What she agreed to for later; null: nothing.</summary>
    public StandingConsent? Standing => Request.Standing;

    /// <summary>She can take it back.</summary>
    public bool IsOpen => ServiceWithdrawals.IsOpen(Request, Items, Standing);

    /// <summary>What of it goes on, where it is standing.</summary>
    public IReadOnlyList<ConsentItem> Left =>
        [.. Agreed.Where(item => Standing?.StruckSets.Contains(item.DataSet) != true)];

    /// <summary>The service has something of it, as far as it has said.</summary>
    public bool IsHeld => Items.Any(item => item is { FetchedAt: not null, DeletedAt: null });

    /// <summary>When it was last of use to the service.</summary>
    public DateTimeOffset? LastUse => Items.Max(item => item.ReceivedAt ?? item.FetchedAt);
}

/// <summary>Her consents to online services, by recipient.</summary>
public sealed class ServiceConsents(
    OnlineServices services,
    Consents consents,
    IDbContextFactory<MyDataDb> databases,
    PersonalDataVault vault
)
{
    /// <summary>The most that a page shows; what is older and over stands in her history.</summary>
    public const int MostShown = 200;

    /// <summary>Hers: those that a service has something of, or may still get, first; the newest first within.</summary>
    public async Task<IReadOnlyList<ServiceConsentView>> ListAsync(Guid citizenId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var rows = await db.Set<ServiceRequest>()
            .Include(r => r.Standing)
            .Where(r => r.CitizenId == citizenId && r.FetchConsentId != null)
            // What she refused is no consent.
            .Where(r => r.Code != ServiceCodes.Declined)
            .OrderByDescending(r =>
                r.State < RequestState.Received
                || (r.Standing != null && r.Standing.EndedAt == null)
                || r.Items.Any(i => i.FetchedAt != null && i.DeletedAt == null)
                || db.Set<ServiceRequest>()
                    .Any(f => f.FetchOfId == r.Id && f.Items.Any(i => i.FetchedAt != null && i.DeletedAt == null))
            )
            .ThenByDescending(r => r.Id)
            .Take(MostShown)
            .ToListAsync(token);
        var views = await ViewsAsync(db, rows, token);
        return [.. views.OrderByDescending(view => view.IsOpen || view.IsHeld)];
    }

    /// <summary>One of hers; null for anybody else's.</summary>
    public async Task<ServiceConsentView?> FindAsync(Guid citizenId, Guid requestId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var rows = await db.Set<ServiceRequest>()
            .Include(r => r.Standing)
            .Where(r => r.Id == requestId && r.CitizenId == citizenId && r.FetchConsentId != null)
            .ToListAsync(token);
        return (await ViewsAsync(db, rows, token)).FirstOrDefault();
    }

    private async Task<List<ServiceConsentView>> ViewsAsync(
        MyDataDb db,
        IReadOnlyList<ServiceRequest> rows,
        CancellationToken token
    )
    {
        var ids = rows.Select(row => row.Id).ToList();
        var fetches = await db.Set<ServiceRequest>()
            .Where(fetch => fetch.FetchOfId != null && ids.Contains(fetch.FetchOfId.Value))
            .Select(fetch => new { fetch.Id, Root = fetch.FetchOfId!.Value })
            .ToListAsync(token);
        var roots = fetches.ToDictionary(fetch => fetch.Id, fetch => fetch.Root);
        Guid RootOf(Guid request) => roots.GetValueOrDefault(request, request);
        ids.AddRange(roots.Keys);
        var items = await db.Set<ServiceItem>().Where(item => ids.Contains(item.RequestId)).ToListAsync(token);
        var told = await db.Set<SecurityEvent>()
            .Where(e => ids.Contains(e.RequestId) && e.Audience == null)
            .ToListAsync(token);
        var decided =
            rows.Count == 0
                ? new Dictionary<Guid, ConsentRecord>()
                : await consents.FindAllAsync(rows[0].CitizenId!.Value, [.. rows.Select(Last)], token);
        var views = new List<ServiceConsentView>(rows.Count);
        foreach (var row in rows)
            if (await services.FindAnyAsync(row.ServiceId, token) is { } service)
                views.Add(
                    new(
                        row,
                        Content(row),
                        service,
                        decided.TryGetValue(Last(row), out var consent) ? consents.Items(consent) : [],
                        [.. items.Where(item => RootOf(item.RequestId) == row.Id).OrderBy(item => item.TransferId)],
                        told.Where(e => RootOf(e.RequestId) == row.Id)
                            .OrderByDescending(e => e.Kind == SecurityEventTokens.ConsentRevoked)
                            .ThenByDescending(e => e.Id)
                            .FirstOrDefault()
                    )
                );
        return views;
    }

    private static Guid Last(ServiceRequest row) => row.ConsentId ?? row.FetchConsentId!.Value;

    private RequestContent Content(ServiceRequest row) =>
        JsonSerializer.Deserialize<RequestContent>(vault.Open(row.Content, ServiceRequest.ContentPurpose, row.Id))!;
}
