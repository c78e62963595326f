using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Citizens;

namespace MyData.Core.Staff;

/// <summary>A passkey of a member of staff. Store: trusted to say which key is whose; its thief has public keys.</summary>
public sealed class StaffPasskey : PasskeyRecord
{
    public StaffPasskey(NewCredential made, DateTimeOffset at)
        : base(made, at) { }

    // For Entity Framework.
    private StaffPasskey() { }

    public required Guid StaffId { get; init; }
    public override Guid OwnerId => StaffId;

    private sealed class Mapping : IEntityTypeConfiguration<StaffPasskey>
    {
        public void Configure(EntityTypeBuilder<StaffPasskey> builder)
        {
            builder.ToTable("staff_passkeys");
            builder.HasIndex(p => p.CredentialId).IsUnique();
            builder.HasIndex(p => p.StaffId);
        }
    }
}
