using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Core.Services;

/// <summary>
/// The last good key set of a service's own address, so that a start while the service's site is away knows what was known before. Trusted to say who
/// signs; its thief learns public keys.
/// </summary>
public sealed class ServiceKeySet
{
    /// <summary>How long a set counts whose address gave no good one since: by then a key that its service took away may be anybody's.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>The address as it is registered.</summary>
    public required string Uri { get; init; }

    /// <summary>JWK set (RFC 7517 §5) of public keys.</summary>
    public required string Keys { get; init; }

    public required DateTimeOffset FetchedAt { get; init; }

    internal const string Table = "service_key_sets";

    internal IReadOnlyList<(string? Kid, string Json)> Read() =>
        [.. JwkSet.Parse(StrictJson.ParseObject(Keys, "jwks.invalid")).Select(key => (key.Kid, key.ToJson()))];

    /// <summary>In place of the one before; an older one changes nothing.</summary>
    internal void Store(WriteScope scope)
    {
        scope.Bookkeeping();
        var row = scope.Db.Set<ServiceKeySet>().Where(one => one.Uri == Uri);
        var changed = row.Where(one => one.FetchedAt <= FetchedAt)
            .ExecuteUpdate(set => set.SetProperty(one => one.Keys, Keys).SetProperty(one => one.FetchedAt, FetchedAt));
        if (changed == 0 && !row.Any())
            scope.Db.Add(this);
    }

    private sealed class Mapping : IEntityTypeConfiguration<ServiceKeySet>
    {
        public void Configure(EntityTypeBuilder<ServiceKeySet> builder)
        {
            builder.ToTable(Table);
            builder.HasKey(one => one.Uri);
        }
    }
}
