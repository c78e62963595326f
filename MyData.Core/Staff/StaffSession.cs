using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Staff;

/// <summary>One browser in which a member of staff is signed in. Store: keeps digests of cookies, so its thief has none.</summary>
public sealed class StaffSession
{
    public Guid Id { get; init; } = Ids.New();
    public required Guid StaffId { get; init; }
    public required string TokenHash { get; init; }
    public required DateTimeOffset SignedInAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<StaffSession>
    {
        public void Configure(EntityTypeBuilder<StaffSession> builder)
        {
            builder.ToTable("staff_sessions");
            builder.HasIndex(s => s.TokenHash).IsUnique();
        }
    }
}

/// <summary>A live session, as the rest of the portal sees it.</summary>
/// <param name="Office">of a clerk</param>
public sealed record StaffSessionInfo(Guid Id, Guid StaffId, string Name, string Role, string? Office);
