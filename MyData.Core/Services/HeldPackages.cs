using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>
/// Packages that she has already, in place of a new fetch. Which ones she chose stands in her consent to fetch: its items bear their seals. What is given to
/// a service is used by that: it goes to no other.
/// </summary>
public sealed class HeldPackages(
    HandOvers handOvers,
    Consents consents,
    Catalogue catalogue,
    IDbContextFactory<MyDataDb> databases
)
{
    /// <summary>By data set, the newest of her waiting packages that is just what is asked for.</summary>
    public async Task<IReadOnlyDictionary<string, Transfer>> OfferAsync(
        Guid citizenId,
        RequestContent content,
        CancellationToken token = default
    )
    {
        var found = new Dictionary<string, Transfer>(StringComparer.Ordinal);
        var waiting = await handOvers.ReadyAsync(citizenId, token);
        if (waiting.Count == 0)
            return found;
        var given = await GivenAsync([.. waiting.Select(transfer => transfer.Id)], token);
        foreach (var asked in content.Items)
        foreach (var transfer in waiting.Where(one => one.DataSetId == asked.DataSet && !given.Contains(one.Id)))
            if (!found.ContainsKey(asked.DataSet) && await ServesAsync(transfer, asked, token))
                found.Add(asked.DataSet, transfer);
        return found;
    }

    /// <summary>Those that her consent to fetch names, whatever became of them since.</summary>
    public async Task<IReadOnlyList<Transfer>> ChosenAsync(
        Guid citizenId,
        Guid consentId,
        CancellationToken token = default
    )
    {
        if (await consents.FindAsync(citizenId, consentId, token) is not { } consent)
            return [];
        var seals = consents.Items(consent).Select(item => item.Seal).OfType<string>().ToList();
        return seals.Count == 0 ? [] : await handOvers.OfSealsAsync(citizenId, seals, token);
    }

    /// <summary>Within a write: when the first of these runs out; null where one is not hers, waits no more, or was given to a service.</summary>
    internal static DateTimeOffset? Until(WriteScope scope, Guid citizenId, IReadOnlyCollection<Guid> ids) =>
        Given(scope.Db, ids).Any() ? null : HandOvers.Until(scope, citizenId, ids);

    /// <summary>Within a write: all that bear these seals still wait for her.</summary>
    internal static bool AreWaiting(WriteScope scope, Guid citizenId, IReadOnlyCollection<string> seals)
    {
        if (seals.Count == 0)
            return true;
        var ids = HandOvers.OfSeals(scope, citizenId, seals);
        return ids.Count == seals.Count && Until(scope, citizenId, ids) is not null;
    }

    // A package is never cut: with a field more it would give what nobody asked for, with one less the service would lack it.
    private async Task<bool> ServesAsync(Transfer transfer, RequestedItem asked, CancellationToken token)
    {
        // Her own browser refused it.
        if (transfer.Code is not null)
            return false;
        if (await consents.FindAsync(transfer.CitizenId, transfer.ConsentId, token) is not { } consent)
            return false;
        return consents.Items(consent).FirstOrDefault(one => one.DataSet == asked.DataSet) is { } item
            && item.Fields.ToHashSet().SetEquals(asked.Fields)
            && item.Parameters.Count == asked.Parameters.Count
            && item.Parameters.All(one => asked.Parameters.TryGetValue(one.Key, out var value) && value == one.Value)
            && await catalogue.FindAsync(asked.DataSet, token) is { Listed: true } now
            && item.Provider == now.Provider.Id
            && item.SchemaVersion == now.Listing.SchemaVersion
            && (item.Wire ?? now.Listing.Wire) == now.Listing.Wire;
    }

    private async Task<HashSet<Guid>> GivenAsync(IReadOnlyCollection<Guid> ids, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return [.. await Given(db, ids).ToListAsync(token)];
    }

    // What a service never came for is still hers to give.
    private static IQueryable<Guid> Given(MyDataDb db, IReadOnlyCollection<Guid> ids) =>
        db.Set<ServiceItem>()
            .Where(item => ids.Contains(item.TransferId))
            .Where(item =>
                item.FetchedAt != null
                || db.Set<ServiceRequest>().Any(r => r.Id == item.RequestId && r.State < RequestState.Received)
            )
            .Select(item => item.TransferId);
}
