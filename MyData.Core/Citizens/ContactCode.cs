using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Citizens;

/// <summary>An address that she has yet to show to be hers. Store: its thief sees no address and no code without the keys.</summary>
public sealed class ContactCode
{
    public required Guid CitizenId { get; init; }
    public required byte[] Email { get; init; }

    /// <summary>Keyed pseudonym of the six digits.</summary>
    public required string CodeHash { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required int TriesLeft { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<ContactCode>
    {
        public void Configure(EntityTypeBuilder<ContactCode> builder)
        {
            builder.ToTable("contact_codes");
            builder.HasKey(c => c.CitizenId);
        }
    }
}
