using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>
/// One browser that is signed in. Store: trusted to say which cookie is whose; its thief cannot sign in, because it keeps
/// digests of the cookies.
/// </summary>
public sealed class Session
{
    public Guid Id { get; init; } = Ids.New();
    public required Guid CitizenId { get; init; }
    public required string TokenHash { get; init; }
    public required AssuranceLevel Level { get; init; }

    /// <summary>The methods that proved it, in order, separated by spaces.</summary>
    public required string Methods { get; init; }

    public required string Device { get; init; }
    public required DateTimeOffset SignedInAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset LastSeenAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? EndReason { get; set; }

    public SessionInfo ToInfo() => new(Id, CitizenId, Level, Methods.Split(' '), SignedInAt);

    private sealed class Mapping : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.ToTable("sessions");
            builder.HasIndex(s => s.TokenHash).IsUnique();
            builder.HasIndex(s => s.CitizenId);
        }
    }
}

/// <summary>A live session, as the rest of the portal sees it.</summary>
public sealed record SessionInfo(
    Guid Id,
    Guid CitizenId,
    AssuranceLevel Level,
    IReadOnlyList<string> Methods,
    DateTimeOffset SignedInAt
);

/// <summary>Why a session ended; the code in its event.</summary>
public static class SessionEnds
{
    public const string SignedOut = "session.signed_out";
    public const string EndedFromAccount = "session.ended_from_account";
    public const string Replaced = "session.replaced";
    public const string AccountClosed = "session.account_closed";

    /// <summary>An older database took over, in which sessions that had ended were live again.</summary>
    public const string Restored = "session.restored";
}
