using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.OpenId;

/// <summary>
/// A client assertion (RFC 7523 §3, <c>jti</c>), or a DPoP proof (RFC 9449 §11.1), that was accepted once; kept until it has run out. Of a
/// proof the client is <c>dpop:</c> and its key's thumbprint.
/// </summary>
public sealed class UsedAssertion
{
    public required string ClientId { get; init; }
    public required string TokenId { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Within the write that it is good for: one insert that does nothing where it is there. False where it was used before.</summary>
    public static bool UseUp(WriteScope scope, UsedAssertion one) =>
        scope.Statements.Run(
            """
            INSERT INTO used_assertions ("ClientId", "TokenId", "ExpiresAt") VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """,
            one.ClientId,
            one.TokenId,
            one.ExpiresAt.ToUnixTimeMilliseconds()
        ) == 1;

    private sealed class Mapping : IEntityTypeConfiguration<UsedAssertion>
    {
        public void Configure(EntityTypeBuilder<UsedAssertion> builder)
        {
            builder.ToTable("used_assertions").HasKey(used => new { used.ClientId, used.TokenId });
            builder.HasIndex(used => used.ExpiresAt);
        }
    }
}
