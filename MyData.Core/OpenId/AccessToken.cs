using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Citizens;

namespace MyData.Core.OpenId;

/// <summary>
/// A token for one call of one transfer to one provider. Only the token's SHA-256 is kept: the thief of this table can call
/// nobody with it.
/// </summary>
public sealed class AccessToken
{
    /// <summary>base64url(SHA-256(token)).</summary>
    public required string Hash { get; init; }

    public required Guid TransferId { get; init; }
    public required Guid ConsentId { get; init; }
    public required Guid CitizenId { get; init; }
    public required string DataSetId { get; init; }

    /// <summary>The provider's client id: the one party that may introspect it (its audience).</summary>
    public required string Audience { get; init; }

    /// <summary>The pairwise subject (OpenID Connect Core §8.1).</summary>
    public required string Subject { get; init; }

    public required AssuranceLevel Level { get; init; }

    /// <summary>Methods of the sign-in, separated by spaces (RFC 8176 style names of ours: documents, oidc, passkey).</summary>
    public required string Methods { get; init; }

    public required DateTimeOffset AuthTime { get; init; }

    /// <summary>The DPoP key's thumbprint (RFC 9449 §6.1); null for a bearer token of the national wire.</summary>
    public string? KeyThumbprint { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<AccessToken>
    {
        public void Configure(EntityTypeBuilder<AccessToken> builder)
        {
            builder.ToTable("access_tokens").HasKey(token => token.Hash);
            builder.HasIndex(token => token.TransferId);
            builder.HasIndex(token => token.CitizenId);
            builder.HasIndex(token => token.ExpiresAt);
        }
    }
}
