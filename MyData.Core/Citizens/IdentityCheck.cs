using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>Where a sign-in stands. Only the order Unverified → Step1 → Step2 → Verified opens an account for the first time.</summary>
public enum IdentityCheckState
{
    /// <summary>Nothing is proved.</summary>
    Unverified = 0,

    /// <summary>First use: one proof is accepted, another of a different kind is wanted.</summary>
    Step1 = 1,

    /// <summary>First use: both proofs are accepted; she has yet to confirm who she is and to what she agrees.</summary>
    Step2 = 2,

    /// <summary>A session was given. Nothing more can be done with this check.</summary>
    Verified = 3,

    /// <summary>The proofs were of two people. Nothing more can be done with this check.</summary>
    Refused = 4,
}

/// <summary>
/// One sign-in under way: bound to one browser by its cookie and to one person by the first proof. Store: trusted; its
/// thief learns which accounts are signing in, and cannot go on with any of them.
/// </summary>
public sealed class IdentityCheck
{
    internal const string FactsPurpose = "identity-check";

    public Guid Id { get; init; } = Ids.New();
    public required string TokenHash { get; init; }
    public IdentityCheckState State { get; set; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The person; set by the first proof, or by the session that asks for a higher level.</summary>
    public Guid? CitizenId { get; set; }

    /// <summary>The session that asks for a higher level.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The level asked for; None: any.</summary>
    public AssuranceLevel Wanted { get; set; }

    /// <summary>Where to go afterwards: a path of this portal.</summary>
    public required string Back { get; set; }

    public string? FirstMethod { get; set; }
    public string? SecondMethod { get; set; }
    public AssuranceLevel Level { get; set; }

    /// <summary>What the proofs told, sealed.</summary>
    public byte[]? Facts { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<IdentityCheck>
    {
        public void Configure(EntityTypeBuilder<IdentityCheck> builder)
        {
            builder.ToTable("identity_checks");
            builder.HasIndex(c => c.TokenHash).IsUnique();
            builder.HasIndex(c => c.ExpiresAt);
            builder.HasIndex(c => c.CitizenId);
        }
    }
}
