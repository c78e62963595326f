using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>
/// A value that one browser must answer once, and soon. Store: trusted to forget what was used; its thief could answer one
/// only with the browser's cookie and her key.
/// </summary>
public sealed class Challenge
{
    /// <summary>What it is for and whose: <c>oidc:{check}</c>, <c>passkey:{check}</c>, <c>passkey-add:{session}</c>.</summary>
    public required string Owner { get; init; }
    public required string Value { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Challenge>
    {
        public void Configure(EntityTypeBuilder<Challenge> builder)
        {
            builder.ToTable("challenges");
            builder.HasKey(c => c.Owner);
        }
    }
}

/// <summary>One-time values, one for each owner: a newer one replaces an older one, and taking it uses it up.</summary>
public sealed class Challenges(IDbContextFactory<MyDataDb> dbs, IWriter writer, TimeProvider time)
{
    public Task PutAsync(string owner, string value, TimeSpan life, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                scope.Db.Set<Challenge>().Where(c => c.Owner == owner).ExecuteDelete();
                scope.Db.Add(
                    new Challenge
                    {
                        Owner = owner,
                        Value = value,
                        ExpiresAt = scope.Now + life,
                    }
                );
            },
            cancellationToken
        );

    /// <summary>Null where there is none, it has run out, or somebody else was first.</summary>
    public async Task<string?> TakeAsync(string owner, CancellationToken cancellationToken = default)
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        if (await db.Set<Challenge>().FirstOrDefaultAsync(c => c.Owner == owner, cancellationToken) is not { } found)
            return null;
        var deleted = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                return scope.Db.Set<Challenge>().Where(c => c.Owner == owner && c.Value == found.Value).ExecuteDelete();
            },
            cancellationToken
        );
        return deleted == 1 && time.GetUtcNow() < found.ExpiresAt ? found.Value : null;
    }
}
