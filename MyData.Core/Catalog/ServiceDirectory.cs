using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Catalog;

/// <summary>The services of one mode. Held in memory and read again after each import, like the data sets.</summary>
/// <param name="idOf">a listing's id</param>
public abstract class ServiceDirectory<TListing>(
    IWriter writer,
    IDbContextFactory<MyDataDb> databases,
    Func<TListing, string> idOf
)
    where TListing : class
{
    private readonly Lock _gate = new();
    private Content? _content;
    private int _imports;

    /// <summary>Makes these listings all that there are; where nothing differs, nothing is written.</summary>
    /// <exception cref="CatalogueException">A listing cannot be shown; nothing was changed.</exception>
    public async Task<bool> ImportAsync(IReadOnlyList<TListing> listings, CancellationToken token = default)
    {
        Check(listings);
        var rows = listings.Select((listing, place) => Row(listing, place)).ToList();
        var changed = await writer.WriteAsync(scope => Apply(scope, listings, rows), token);
        if (changed)
            Forget();
        return changed;
    }

    /// <summary>The listed ones, in the order of registration.</summary>
    public async Task<IReadOnlyList<TListing>> ListAsync(CancellationToken token = default) =>
        (await ContentAsync(token)).Listed;

    /// <summary>A listed one, or null.</summary>
    public async Task<TListing?> FindAsync(string id, CancellationToken token = default) =>
        (await ContentAsync(token)).Listed.FirstOrDefault(service => idOf(service) == id);

    /// <summary>One that is or was listed: old records name it.</summary>
    public async Task<TListing?> FindAnyAsync(string id, CancellationToken token = default) =>
        (await ContentAsync(token)).All.GetValueOrDefault(id);

    /// <exception cref="CatalogueException">A listing cannot be shown.</exception>
    private protected abstract void Check(IReadOnlyList<TListing> listings);

    /// <summary>What a listing may not be beside the stored ones, which are or were listed.</summary>
    /// <exception cref="CatalogueException">A listing cannot be shown.</exception>
    private protected virtual void CheckAgainst(IReadOnlyList<TListing> listings, IReadOnlyList<TListing> stored) { }

    private protected abstract IQueryable<ServiceRow> Rows(MyDataDb db);

    private protected abstract ServiceRow NewRow(string id, string listing, int place);

    /// <summary>Every one that is or was listed.</summary>
    protected async Task<IEnumerable<TListing>> AllAsync(CancellationToken token) =>
        (await ContentAsync(token)).All.Values;

    private bool Apply(WriteScope scope, IReadOnlyList<TListing> listings, List<ServiceRow> rows)
    {
        var stored = Rows(scope.Db).ToDictionary(row => row.Id);
        CheckAgainst(listings, [.. stored.Values.Select(row => CatalogueJson.Read<TListing>(row.Listing))]);
        List<string> added = [],
            changed = [],
            removed = [];
        foreach (var row in rows)
        {
            row.ChangedAt = scope.Now;
            if (!stored.Remove(row.Id, out var old))
            {
                scope.Db.Add(row);
                added.Add(row.Id);
            }
            else if (!(old.Listed && old.Listing == row.Listing && old.Place == row.Place))
            {
                scope.Db.Entry(old).CurrentValues.SetValues(row);
                changed.Add(row.Id);
            }
        }
        foreach (var gone in stored.Values.Where(row => row.Listed))
        {
            (gone.Listed, gone.ChangedAt) = (false, scope.Now);
            removed.Add(gone.Id);
        }
        if (added.Count + changed.Count + removed.Count == 0)
            return false;
        scope.Raise(
            new Event
            {
                Kind = EventKinds.CatalogChanged,
                Actor = "platform",
                Details = JsonSerializer.Serialize(
                    new
                    {
                        added,
                        changed,
                        removed,
                    }
                ),
            }
        );
        return true;
    }

    private ServiceRow Row(TListing listing, int place) => NewRow(idOf(listing), CatalogueJson.Write(listing), place);

    private async ValueTask<Content> ContentAsync(CancellationToken token)
    {
        if (Volatile.Read(ref _content) is { } held)
            return held;
        var imports = Volatile.Read(ref _imports);
        await using var db = await databases.CreateDbContextAsync(token);
        var rows = await Rows(db).OrderBy(row => row.Place).ToListAsync(token);
        var all = rows.Select(row => (row.Listed, Listing: CatalogueJson.Read<TListing>(row.Listing))).ToList();
        var read = new Content(
            all.ToDictionary(one => idOf(one.Listing), one => one.Listing, StringComparer.Ordinal),
            [.. all.Where(one => one.Listed).Select(one => one.Listing)]
        );
        // What was read before an import became durable must not be held after it.
        lock (_gate)
            _content = imports == _imports ? read : null;
        return read;
    }

    private void Forget()
    {
        lock (_gate)
        {
            _imports++;
            _content = null;
        }
    }

    private sealed record Content(IReadOnlyDictionary<string, TListing> All, IReadOnlyList<TListing> Listed);
}
