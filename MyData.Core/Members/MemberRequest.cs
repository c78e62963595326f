using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Citizens;
using MyData.Core.Data;

namespace MyData.Core.Members;

/// <summary>Where a sign-in stands. <c>README.md</c> beside this file draws the arrows.</summary>
public enum MemberState
{
    /// <summary>Good for one visit of a browser.</summary>
    Pushed = 0,

    /// <summary>A browser came with it; she reads who asks for what.</summary>
    Opened = 1,

    /// <summary>She signed in; the code is on its way.</summary>
    SignedIn = 2,

    /// <summary>The service has its tokens.</summary>
    Granted = 3,

    /// <summary>Final: <see cref="MemberRequest.Code"/> says why.</summary>
    Ended = 4,
}

/// <summary>
/// One sign-in at a service, from the pushed request to the end of its token. Names, codes and tokens stand here as hashes: its thief learns
/// which account signed in at which service when, and can neither go on with it nor read anything.
/// </summary>
public sealed class MemberRequest
{
    public required Guid Id { get; init; }

    /// <summary>base64url(SHA-256) of what the <c>request_uri</c> ends with.</summary>
    public required string UriHash { get; init; }

    public required string ServiceId { get; init; }

    /// <summary><see cref="MemberContent"/>, sealed: a service's <c>state</c> may say anything.</summary>
    public required byte[] Content { get; init; }

    public MemberState State { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When this state is over.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whose it is, from what she first sent on.</summary>
    public Guid? CitizenId { get; init; }

    /// <summary>How she had signed in here when she signed in there.</summary>
    public AssuranceLevel Level { get; init; }
    public string? Methods { get; init; }
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary>The claims that the service is given by it, separated by spaces.</summary>
    public string Claims { get; init; } = "";

    /// <summary>base64url(SHA-256(code)); stays, so that a second use is known.</summary>
    public string? CodeHash { get; init; }

    /// <summary>base64url(SHA-256(token)), and the thumbprint of the key that it is bound to (RFC 9449 §6.1).</summary>
    public string? TokenHash { get; init; }
    public string? KeyThumbprint { get; init; }

    /// <summary>Why it ended; one of <see cref="MemberCodes"/>.</summary>
    public string? Code { get; init; }

    internal const string Table = "member_requests";
    internal const string ContentPurpose = "member.request";

    /// <summary>Within a write; null where her account was closed meanwhile.</summary>
    internal static MemberRequest? Find(WriteScope scope, Guid id) =>
        scope.Db.Set<MemberRequest>().AsNoTracking().SingleOrDefault(r => r.Id == id);

    /// <summary>→ Ended: code and token are dead with it. False where it had ended.</summary>
    internal static bool End(WriteScope scope, Guid id, string code) =>
        scope
            .Db.Set<MemberRequest>()
            .Where(r => r.Id == id && r.State < MemberState.Ended)
            .ExecuteUpdate(set => set.SetProperty(r => r.State, MemberState.Ended).SetProperty(r => r.Code, code)) == 1;

    private sealed class Mapping : IEntityTypeConfiguration<MemberRequest>
    {
        public void Configure(EntityTypeBuilder<MemberRequest> builder)
        {
            builder.ToTable(Table);
            builder.HasIndex(r => r.UriHash).IsUnique();
            builder.HasIndex(r => r.CodeHash).IsUnique();
            builder.HasIndex(r => r.TokenHash).IsUnique();
            builder.HasIndex(r => new { r.CitizenId, r.ServiceId });
            builder.HasIndex(r => new { r.ServiceId, r.State });
            builder.HasIndex(r => r.ExpiresAt);
        }
    }
}
