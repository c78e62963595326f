using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Catalog;

/// <summary>A data set as it is listed now; one that is listed no more stays, so that old records keep their names.</summary>
internal sealed class DataSetRow
{
    public required string Id { get; init; }
    public required string ProviderId { get; set; }
    public required string Category { get; set; }
    public required int Level { get; set; }
    public required int SchemaVersion { get; set; }

    /// <summary>Names and descriptions, folded for search.</summary>
    public required string SearchText { get; set; }

    /// <summary>The listing as JSON.</summary>
    public required string Listing { get; set; }

    public required int Place { get; set; }
    public required bool Listed { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<DataSetRow>
    {
        public void Configure(EntityTypeBuilder<DataSetRow> builder)
        {
            builder.ToTable("data_sets");
            builder.HasKey(d => d.Id);
            builder.HasIndex(d => d.ProviderId);
            builder.HasIndex(d => d.Category);
            builder.HasOne<ProviderRow>().WithMany().HasForeignKey(d => d.ProviderId);
        }
    }
}
