namespace MyData.Core.Catalog;

/// <summary>Listings made ready to be stored, outside the write queue: JSON and search text are work.</summary>
internal sealed record CatalogueRows(IReadOnlyList<ProviderRow> Providers, IReadOnlyList<DataSetRow> DataSets)
{
    public required IReadOnlyDictionary<string, string> Schemas { get; init; }

    public static CatalogueRows From(IReadOnlyList<ProviderListing> listings)
    {
        var sets = listings.SelectMany(provider => provider.DataSets.Select(set => (Provider: provider, Set: set)));
        return new CatalogueRows(
            [.. listings.Select(ToRow)],
            [.. sets.Select((pair, place) => ToRow(pair.Provider, pair.Set, place))]
        )
        {
            Schemas = sets.ToDictionary(pair => pair.Set.Id, pair => pair.Set.Schema, StringComparer.Ordinal),
        };
    }

    private static ProviderRow ToRow(ProviderListing provider, int place) =>
        new()
        {
            Id = provider.Id,
            ClientId = provider.ClientId,
            Listing = CatalogueJson.Write(provider with { DataSets = [] }),
            Place = place,
            Listed = true,
            ChangedAt = default,
        };

    private static DataSetRow ToRow(ProviderListing provider, DataSetListing set, int place) =>
        new()
        {
            Id = set.Id,
            ProviderId = provider.Id,
            Category = set.Category,
            Level = (int)set.Level,
            SchemaVersion = set.SchemaVersion,
            SearchText = Folded.Text(string.Join('\n', SearchedTexts(provider, set))),
            Listing = CatalogueJson.Write(set),
            Place = place,
            Listed = true,
            ChangedAt = default,
        };

    private static IEnumerable<string> SearchedTexts(ProviderListing provider, DataSetListing set)
    {
        LocalText[] texts = [set.Name, set.Description, provider.Name, provider.ShortName];
        return texts
            .Concat(DataSetField.Parse(set.Schema).SelectMany(Labels))
            .SelectMany(text => new[] { text.Zh, text.En })
            .Append(set.Id);
    }

    private static IEnumerable<LocalText> Labels(DataSetField field) =>
        field.Columns.SelectMany(Labels).Prepend(field.Label);
}
