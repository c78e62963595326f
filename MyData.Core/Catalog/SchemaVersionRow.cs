using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Catalog;

/// <summary>Every schema that a data set ever had: a package names its version, and must stay readable. Never changed.</summary>
internal sealed class SchemaVersionRow
{
    public required string DataSetId { get; init; }
    public required int Version { get; init; }
    public required string Schema { get; init; }
    public required DateTimeOffset ListedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<SchemaVersionRow>
    {
        public void Configure(EntityTypeBuilder<SchemaVersionRow> builder)
        {
            builder.ToTable("data_set_schemas");
            builder.HasKey(s => new { s.DataSetId, s.Version });
            builder.HasOne<DataSetRow>().WithMany().HasForeignKey(s => s.DataSetId);
        }
    }
}
