namespace MyData.Core.Catalog;

/// <summary>The catalogue as it was read once; never changed.</summary>
internal sealed class CatalogueContent
{
    public required IReadOnlyDictionary<string, Known> DataSets { get; init; }
    public required IReadOnlyList<Known> Listed { get; init; }
    public required IReadOnlyList<ProviderListing> Providers { get; init; }

    internal sealed record Known(DataSetView View, string SearchText);

    public static CatalogueContent Build(IReadOnlyList<ProviderRow> providers, IReadOnlyList<DataSetRow> dataSets)
    {
        var byProvider = dataSets.ToLookup(row => row.ProviderId);
        var known = new List<Known>();
        var listed = new List<ProviderListing>();
        foreach (var row in providers)
        {
            var sets = byProvider[row.Id]
                .Select(set => (Row: set, Listing: CatalogueJson.Read<DataSetListing>(set.Listing)))
                .ToList();
            var provider = CatalogueJson.Read<ProviderListing>(row.Listing) with
            {
                DataSets = [.. sets.Where(set => set.Row.Listed).Select(set => set.Listing)],
            };
            known.AddRange(sets.Select(set => new Known(View(set.Row, set.Listing, provider), set.Row.SearchText)));
            if (row.Listed)
                listed.Add(provider);
        }
        return new CatalogueContent
        {
            DataSets = known.ToDictionary(k => k.View.Id, StringComparer.Ordinal),
            Listed = [.. known.Where(k => k.View.Listed)],
            Providers = listed,
        };
    }

    private static DataSetView View(DataSetRow row, DataSetListing listing, ProviderListing provider) =>
        new()
        {
            Listing = listing,
            Provider = provider,
            Fields = DataSetField.Parse(listing.Schema),
            Health = ProviderHealth.Unknown,
            Listed = row.Listed,
        };
}
