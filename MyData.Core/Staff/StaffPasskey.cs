using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Staff;

/// <summary>A passkey of a member of staff. Store: trusted to say which key is whose; its thief has public keys.</summary>
public sealed class StaffPasskey
{
    public Guid Id { get; init; } = Ids.New();
    public required Guid StaffId { get; init; }

    /// <summary>The authenticator's name for it.</summary>
    public required byte[] CredentialId { get; init; }

    /// <summary>COSE_Key (RFC 9052 §7).</summary>
    public required byte[] PublicKey { get; init; }
    public required long SignCount { get; set; }
    public required string Transports { get; init; }
    public required bool IsBackupEligible { get; init; }
    public required bool IsBackedUp { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }

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

/// <summary>A passkey that an authenticator has just made, checked.</summary>
public sealed record NewStaffPasskey
{
    public required byte[] CredentialId { get; init; }
    public required byte[] PublicKey { get; init; }
    public required uint SignCount { get; init; }
    public required IReadOnlyList<string> Transports { get; init; }
    public required bool IsBackupEligible { get; init; }
    public required bool IsBackedUp { get; init; }
}
