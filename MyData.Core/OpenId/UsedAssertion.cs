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

    private static readonly PerModel<Func<MyDataDb, string, string, bool>> IsUsed = new(() =>
        EF.CompileQuery(
            (MyDataDb db, string client, string id) =>
                db.Set<UsedAssertion>().Any(used => used.ClientId == client && used.TokenId == id)
        )
    );

    /// <summary>Within the write that it is good for. False where one of them was used before: then none is.</summary>
    public static bool UseUp(WriteScope scope, params IEnumerable<UsedAssertion> all)
    {
        var each = all.ToList();
        if (each.Any(one => IsUsed.For(scope.Db)(scope.Db, one.ClientId, one.TokenId)))
            return false;
        foreach (var one in each)
            scope.Db.Add(
                new UsedAssertion
                {
                    ClientId = one.ClientId,
                    TokenId = one.TokenId,
                    ExpiresAt = one.ExpiresAt,
                }
            );
        return true;
    }

    private sealed class Mapping : IEntityTypeConfiguration<UsedAssertion>
    {
        public void Configure(EntityTypeBuilder<UsedAssertion> builder)
        {
            builder.ToTable("used_assertions").HasKey(used => new { used.ClientId, used.TokenId });
            builder.HasIndex(used => used.ExpiresAt);
        }
    }
}
