using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Catalog;

/// <summary>The last samples of one data set, oldest first: <c>1800 2100 -300</c>, in ms, negative where it failed.</summary>
internal sealed class DataSetTimingRow
{
    public required string DataSetId { get; init; }
    public required string Samples { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<DataSetTimingRow>
    {
        public void Configure(EntityTypeBuilder<DataSetTimingRow> builder)
        {
            builder.ToTable("data_set_timings");
            builder.HasKey(t => t.DataSetId);
        }
    }
}
