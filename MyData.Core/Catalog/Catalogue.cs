using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Catalog;

/// <summary>
/// What agencies offer. Read on every page, so it is held in memory and read again after each import; health is added at
/// each reading.
/// </summary>
public sealed class Catalogue(
    IWriter writer,
    IDbContextFactory<MyDataDb> databases,
    ProviderTimings timings,
    ProviderHeartbeats heartbeats
)
{
    private readonly Lock _gate = new();
    private CatalogueContent? _content;
    private int _imports;

    /// <summary>
    /// Makes these listings the whole catalogue. Where nothing differs, nothing is written; else the change is one event,
    /// <c>catalog.changed</c>.
    /// </summary>
    /// <returns>True where something changed.</returns>
    /// <exception cref="CatalogueException">A listing cannot be shown or called; nothing was changed.</exception>
    public async Task<bool> ImportAsync(IReadOnlyList<ProviderListing> listings, CancellationToken token = default)
    {
        ListingChecks.Check(listings);
        var rows = CatalogueRows.From(listings);
        bool Import(WriteScope scope) => CatalogueImport.Apply(scope, rows);
        var changed = await writer.WriteAsync(Import, token);
        if (changed)
            Forget();
        return changed;
    }

    /// <summary>One data set; also one that is listed no more. Null where there never was one.</summary>
    public async Task<DataSetView?> FindAsync(string dataSetId, CancellationToken token = default) =>
        (await ContentAsync(token)).DataSets.GetValueOrDefault(dataSetId) is { } known ? Now(known) : null;

    /// <summary>The listed data sets that fit, in the order of registration.</summary>
    public async Task<IReadOnlyList<DataSetView>> SearchAsync(CatalogueQuery query, CancellationToken token = default)
    {
        var words = Folded.Words(query.Text);
        var content = await ContentAsync(token);
        return
        [
            .. content
                .Listed.Where(known =>
                    (query.Category is not { Length: > 0 } category || known.View.Listing.Category == category)
                    && (query.ProviderId is not { Length: > 0 } provider || known.View.Provider.Id == provider)
                    && words.All(word => known.SearchText.Contains(word, StringComparison.Ordinal))
                )
                .Select(Now),
        ];
    }

    /// <summary>The listed agencies, in the order of registration.</summary>
    public async Task<IReadOnlyList<ProviderListing>> ProvidersAsync(CancellationToken token = default) =>
        (await ContentAsync(token)).Providers;

    /// <summary>The listed agency that authenticates with this client id, or null.</summary>
    public async Task<ProviderListing?> FindClientAsync(string clientId, CancellationToken token = default) =>
        (await ProvidersAsync(token)).FirstOrDefault(provider => provider.ClientId == clientId);

    /// <summary>The schema that a data set had at this version, or null.</summary>
    public async Task<string?> FindSchemaAsync(string dataSetId, int version, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<SchemaVersionRow>()
            .Where(s => s.DataSetId == dataSetId && s.Version == version)
            .Select(s => s.Schema)
            .FirstOrDefaultAsync(token);
    }

    private DataSetView Now(CatalogueContent.Known known)
    {
        var timing = timings.Of(known.View.Id);
        var health = heartbeats.Of(known.View.Provider.Id);
        return known.View with
        {
            Health = health with
            {
                MedianSeconds = timing.MedianSeconds,
                P90Seconds = timing.P90Seconds,
                Samples = timing.Samples,
                Failures = timing.Failures,
            },
        };
    }

    private async ValueTask<CatalogueContent> ContentAsync(CancellationToken token)
    {
        if (Volatile.Read(ref _content) is { } held)
            return held;
        var imports = Volatile.Read(ref _imports);
        await using var db = await databases.CreateDbContextAsync(token);
        var read = CatalogueContent.Build(
            await db.Set<ProviderRow>().OrderBy(p => p.Place).ToListAsync(token),
            await db.Set<DataSetRow>().OrderBy(d => d.Place).ToListAsync(token)
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
}
