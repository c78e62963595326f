using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.Citizens;

/// <summary>A passkey of hers. Store: trusted to say which key is whose; its thief has public keys, and cannot sign in.</summary>
public sealed class Passkey : PasskeyRecord
{
    public Passkey(NewCredential made, DateTimeOffset at)
        : base(made, at) { }

    // For Entity Framework.
    private Passkey() { }

    public required Guid CitizenId { get; init; }
    public override Guid OwnerId => CitizenId;

    /// <summary>What she calls it.</summary>
    public required string Name { get; set; }

    /// <summary>What a sign-in with it is worth: at most the level of the session that added it, at most 2 where it is synced.</summary>
    public required AssuranceLevel Level { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Passkey>
    {
        public void Configure(EntityTypeBuilder<Passkey> builder)
        {
            builder.ToTable("passkeys");
            builder.HasIndex(p => p.CredentialId).IsUnique();
            builder.HasIndex(p => p.CitizenId);
        }
    }
}
