using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MyData.Core.OpenId;

/// <summary>A client assertion that was accepted once (RFC 7523 §3, <c>jti</c>); kept until it has run out.</summary>
public sealed class UsedAssertion
{
    public required string ClientId { get; init; }
    public required string TokenId { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<UsedAssertion>
    {
        public void Configure(EntityTypeBuilder<UsedAssertion> builder)
        {
            builder.ToTable("used_assertions").HasKey(used => new { used.ClientId, used.TokenId });
            builder.HasIndex(used => used.ExpiresAt);
        }
    }
}
