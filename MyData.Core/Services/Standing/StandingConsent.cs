using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Citizens;

namespace MyData.Core.Services;

/// <summary>
/// What she ticked beside the one hand-over: that the service may fetch the same again by itself, how often, until when (protocols.md A5). One
/// row for each such request. Its thief learns which account lets which service fetch how often; the refresh token stands here as hashes.
/// </summary>
public sealed class StandingConsent
{
    public required Guid RequestId { get; init; }
    public required Guid CitizenId { get; init; }
    public required string ServiceId { get; init; }

    /// <summary>Her consent to hand over, whose receipt says that it is standing.</summary>
    public required Guid ConsentId { get; init; }

    /// <summary>Of the service's registration at that time: other terms are not what she agreed to.</summary>
    public required int TermsVersion { get; init; }

    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset Until { get; init; }

    /// <summary>The shortest time between two fetches.</summary>
    public required long EverySeconds { get; init; }

    /// <summary>Level and methods of the session at consent, and when it signed in: agencies are told these at each fetch.</summary>
    public required AssuranceLevel Level { get; init; }
    public required string Methods { get; init; }
    public required DateTimeOffset AuthTime { get; init; }

    /// <summary>The earliest time of the next fetch.</summary>
    public required DateTimeOffset NextAt { get; init; }

    /// <summary>The last fetch: when it was asked for, and its request.</summary>
    public DateTimeOffset? LastAt { get; init; }
    public Guid? LastRequestId { get; init; }

    /// <summary>Ids of the data sets that she struck, with a space between.</summary>
    public string Struck { get; init; } = "";

    public DateTimeOffset? PausedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended; one of <see cref="StandingCodes"/> or <see cref="ServiceCodes"/>.</summary>
    public string? Code { get; init; }

    /// <summary>Thumbprint of the key that every token of it is bound to (RFC 9449 §6.1); null before the first.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>base64url(SHA-256) of what all refresh tokens of it begin with; of the one that is good now; of the one before.</summary>
    public string? FamilyHash { get; init; }
    public string? RefreshHash { get; init; }
    public string? PreviousHash { get; init; }

    /// <summary>When the one before gave way to the one that is good now.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    public TimeSpan Every => TimeSpan.FromSeconds(EverySeconds);

    /// <summary>It has begun: the service has a refresh token, and it is not over.</summary>
    public bool IsAlive => EndedAt is null && FamilyHash is not null;

    public IReadOnlyList<string> StruckSets => Struck.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    internal const string Table = "standing_consents";

    private sealed class Mapping : IEntityTypeConfiguration<StandingConsent>
    {
        public void Configure(EntityTypeBuilder<StandingConsent> builder)
        {
            builder.ToTable(Table).HasKey(s => s.RequestId);
            builder.Property(s => s.RequestId).ValueGeneratedNever();
            builder.Ignore(s => s.Every);
            builder.Ignore(s => s.IsAlive);
            builder.Ignore(s => s.StruckSets);
            builder.HasIndex(s => s.CitizenId);
            builder.HasIndex(s => s.FamilyHash).IsUnique();
            builder.HasIndex(s => new { s.EndedAt, s.Until });
            builder
                .HasOne<ServiceRequest>()
                .WithOne(r => r.Standing)
                .HasForeignKey<StandingConsent>(s => s.RequestId)
                .OnDelete(DeleteBehavior.Cascade);
        }
    }
}
