using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A key of a calling system.</summary>
public sealed record ClientKey(string Client, CallerKey Key, DateTimeOffset AddedAt, DateTimeOffset? RevokedAt)
{
    public string Kid => Key.Kid;
}

/// <summary>
/// Who may record here, by which keys. What changes them is an event, and so an entry of the log that names system and key; a key names
/// itself (<see cref="CallerKey.Kid"/>), so that entry holds for these bytes alone. Rotation: a second key is added, the first revoked.
/// </summary>
public sealed partial class ClientKeys(IDbContextFactory<MyDataDb> databases, IWriter writer)
{
    // Names that records have for the platform and its own people.
    private static readonly FrozenSet<string> Taken = FrozenSet.Create(
        StringComparer.Ordinal,
        [EventRecord.Platform, EventRecord.Citizen, EventRecord.Staff, "platform", "unknown"]
    );

    private volatile FrozenDictionary<(string Client, string Kid), ClientKey>? _known;

    /// <summary>Null where this system has no such key; a revoked one says so.</summary>
    public async ValueTask<ClientKey?> FindAsync(string client, string kid, CancellationToken token) =>
        (_known ?? await LoadAsync(token)).GetValueOrDefault((client, kid));

    /// <summary>All of them, by name and time.</summary>
    public async Task<IReadOnlyList<ClientKey>> ListAsync(CancellationToken token) =>
        [
            .. (_known ?? await LoadAsync(token))
                .Values.OrderBy(key => key.Client, StringComparer.Ordinal)
                .ThenBy(key => key.AddedAt),
        ];

    /// <summary>Lower-case letters, digits, hyphens and dots, at most 64; none that the platform uses itself.</summary>
    public static bool IsName(string client) => Name().IsMatch(client) && !Taken.Contains(client);

    /// <returns>false where this system has that key already, revoked or not</returns>
    /// <exception cref="ArgumentException">not a name</exception>
    public async Task<bool> AddAsync(string client, CallerKey key, CancellationToken token)
    {
        if (!IsName(client))
            throw new ArgumentException("Not a client's name.", nameof(client));
        var added = await writer.WriteAsync(
            scope =>
            {
                var keys = scope.Db.Set<LedgerClientKeyRow>();
                if (keys.Any(row => row.Client == client && row.Kid == key.Kid))
                    return false;
                scope.Db.Add(
                    new LedgerClientKeyRow
                    {
                        Client = client,
                        Kid = key.Kid,
                        Key = key.Der,
                        AddedAt = scope.Now,
                    }
                );
                scope.Raise(Changed(EventKinds.LedgerKeyAdded, client, key.Kid));
                return true;
            },
            token
        );
        await LoadAsync(token);
        return added;
    }

    /// <summary>From now on nothing new is recorded by this key; what is recorded stands.</summary>
    /// <returns>false where there is no such key, or it is revoked already</returns>
    public async Task<bool> RevokeAsync(string client, string kid, CancellationToken token)
    {
        var revoked = await writer.WriteAsync(
            scope =>
            {
                DateTimeOffset? now = scope.Now;
                var changed = scope
                    .Db.Set<LedgerClientKeyRow>()
                    .Where(row => row.Client == client && row.Kid == kid && row.RevokedAt == null)
                    .ExecuteUpdate(set => set.SetProperty(row => row.RevokedAt, now));
                if (changed == 0)
                    return false;
                scope.Raise(Changed(EventKinds.LedgerKeyRevoked, client, kid));
                return true;
            },
            token
        );
        await LoadAsync(token);
        return revoked;
    }

    private async Task<FrozenDictionary<(string Client, string Kid), ClientKey>> LoadAsync(CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var rows = await db.Set<LedgerClientKeyRow>().ToListAsync(token);
        return _known = rows.Select(row => new ClientKey(
                row.Client,
                CallerKey.Parse(row.Key),
                row.AddedAt,
                row.RevokedAt
            ))
            .ToFrozenDictionary(key => (key.Client, key.Kid));
    }

    private static Event Changed(string kind, string client, string kid) =>
        new()
        {
            Kind = kind,
            Actor = "platform",
            Details = JsonSerializer.Serialize(new { to = $"{client}/{kid}" }),
        };

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,63}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();
}
