using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>A passkey of hers. Store: trusted to say which key is whose; its thief has public keys, and cannot sign in.</summary>
public sealed class Passkey
{
    public Guid Id { get; init; } = Ids.New();
    public required Guid CitizenId { get; init; }

    /// <summary>The authenticator's name for it.</summary>
    public required byte[] CredentialId { get; init; }

    /// <summary>COSE_Key (RFC 9052 §7).</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>What she calls it.</summary>
    public required string Name { get; set; }

    /// <summary>What a sign-in with it is worth: at most the level of the session that added it, at most 2 where it is synced.</summary>
    public required AssuranceLevel Level { get; init; }

    public required long SignCount { get; set; }
    public required string Transports { get; init; }
    public required bool IsBackupEligible { get; init; }
    public required bool IsBackedUp { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }

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
