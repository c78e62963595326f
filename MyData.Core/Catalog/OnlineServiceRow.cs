using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Catalog;

/// <summary>An online service.</summary>
internal sealed class OnlineServiceRow : ServiceRow
{
    private sealed class Mapping : IEntityTypeConfiguration<OnlineServiceRow>
    {
        public void Configure(EntityTypeBuilder<OnlineServiceRow> builder)
        {
            builder.ToTable("online_services");
            builder.HasKey(s => s.Id);
        }
    }
}
