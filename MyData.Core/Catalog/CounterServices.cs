using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Catalog;

/// <summary>The services at counters.</summary>
public sealed class CounterServices(IWriter writer, IDbContextFactory<MyDataDb> databases)
    : ServiceDirectory<CounterServiceListing>(writer, databases, service => service.Id)
{
    /// <summary>An office of any service that is or was listed; null where there never was one.</summary>
    public async Task<CounterOffice?> OfficeAsync(string id, CancellationToken token = default) =>
        (await AllAsync(token)).Select(service => service.Office(id)).FirstOrDefault(office => office is not null);

    private protected override void Check(IReadOnlyList<CounterServiceListing> listings) =>
        ListingChecks.Check(listings);

    private protected override void CheckAgainst(
        IReadOnlyList<CounterServiceListing> listings,
        IReadOnlyList<CounterServiceListing> stored
    ) => ListingChecks.Offices(listings, stored);

    private protected override IQueryable<ServiceRow> Rows(MyDataDb db) => db.Set<CounterServiceRow>();

    private protected override ServiceRow NewRow(string id, string listing, int place) =>
        new CounterServiceRow
        {
            Id = id,
            Listing = listing,
            Place = place,
            Listed = true,
            ChangedAt = default,
        };
}
