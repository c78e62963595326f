using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Catalog;

/// <summary>The online services.</summary>
public sealed class OnlineServices(IWriter writer, IDbContextFactory<MyDataDb> databases)
    : ServiceDirectory<OnlineServiceListing>(writer, databases, service => service.Id)
{
    private protected override void Check(IReadOnlyList<OnlineServiceListing> listings) =>
        ListingChecks.Check(listings);

    private protected override IQueryable<ServiceRow> Rows(MyDataDb db) => db.Set<OnlineServiceRow>();

    private protected override ServiceRow NewRow(string id, string listing, int place) =>
        new OnlineServiceRow
        {
            Id = id,
            Listing = listing,
            Place = place,
            Listed = true,
            ChangedAt = default,
        };
}
