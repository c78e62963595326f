using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Catalog;

/// <summary>A service at counters.</summary>
internal sealed class CounterServiceRow : ServiceRow
{
    private sealed class Mapping : IEntityTypeConfiguration<CounterServiceRow>
    {
        public void Configure(EntityTypeBuilder<CounterServiceRow> builder)
        {
            builder.ToTable("counter_services");
            builder.HasKey(s => s.Id);
        }
    }
}
