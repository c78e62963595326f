using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Catalog;

/// <summary>
/// A listed agency. Store: trusted to say whom the platform calls; its thief learns what is public, and the introspection
/// password of agencies on the national wire.
/// </summary>
internal sealed class ProviderRow
{
    public required string Id { get; init; }
    public required string ClientId { get; set; }

    /// <summary>The listing as JSON, without its data sets.</summary>
    public required string Listing { get; set; }

    /// <summary>Its place among the listings, as registered.</summary>
    public required int Place { get; set; }

    public required bool Listed { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<ProviderRow>
    {
        public void Configure(EntityTypeBuilder<ProviderRow> builder)
        {
            builder.ToTable("providers");
            builder.HasKey(p => p.Id);
        }
    }
}
