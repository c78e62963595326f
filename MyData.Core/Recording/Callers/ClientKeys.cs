using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>By what a calling system is known: a key that signs its records, or a certificate under which it sends syslog.</summary>
public sealed record ClientKey(string Client, DateTimeOffset AddedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>Null for a certificate.</summary>
    public CallerKey? Key { get; init; }

    public ClientCertificate? Certificate { get; init; }

    public string Kid => Key?.Kid ?? Certificate!.Kid;

    /// <summary>Of the key, or of the certificate.</summary>
    public byte[] Der => Key?.Der ?? Certificate!.Der;

    public string Algorithm => Key?.Algorithm ?? "TLS certificate";
}

/// <summary>
/// Who may record here, by which keys. What changes them is an event, and so an entry of the log that names system and key; a key names
/// itself (<see cref="CallerKey.Kid"/>), so that entry holds for these bytes alone. Rotation: a second key is added, the first revoked.
/// </summary>
public sealed partial class ClientKeys(IDbContextFactory<MyDataDb> databases, IWriter writer)
    : ICallerRoster,
        IRestoredFollower
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

    /// <inheritdoc/>
    public async ValueTask<DateTimeOffset?> SinceAsync(string client, CancellationToken token) =>
        (_known ?? await LoadAsync(token))
            .Values.Where(key => key.Client == client && key is { Key: not null, RevokedAt: null })
            .Min(key => (DateTimeOffset?)key.AddedAt);

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
    public Task<bool> AddAsync(string client, CallerKey key, CancellationToken token) =>
        AddAsync(client, key.Kid, key.Der, token);

    /// <summary>From now on this system may send syslog; a certificate is one system's alone.</summary>
    /// <returns>false where it is registered already, for whomever, revoked or not</returns>
    /// <exception cref="ArgumentException">not a name</exception>
    public Task<bool> AddAsync(string client, ClientCertificate certificate, CancellationToken token) =>
        AddAsync(client, certificate.Kid, certificate.Der, token);

    /// <summary>Whose certificate this is; null where it is nobody's. A revoked one says so.</summary>
    public async ValueTask<ClientKey?> FindCertificateAsync(string kid, CancellationToken token) =>
        (_known ?? await LoadAsync(token)).Values.FirstOrDefault(key => key.Certificate?.Kid == kid);

    private async Task<bool> AddAsync(string client, string kid, byte[] der, CancellationToken token)
    {
        if (!IsName(client))
            throw new ArgumentException("Not a client's name.", nameof(client));
        var added = await writer.WriteAsync(
            scope =>
            {
                var keys = scope.Db.Set<LedgerClientKeyRow>();
                var certificate = kid.StartsWith(ClientCertificate.Prefix, StringComparison.Ordinal);
                if (keys.Any(row => (certificate || row.Client == client) && row.Kid == kid))
                    return false;
                scope.Db.Add(
                    new LedgerClientKeyRow
                    {
                        Client = client,
                        Kid = kid,
                        Key = der,
                        AddedAt = scope.Now,
                    }
                );
                scope.Raise(Changed(EventKinds.LedgerKeyAdded, client, kid));
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

    /// <inheritdoc/>
    public void Follow(WriteScope scope, IReadOnlyList<LedgerRecord> records)
    {
        foreach (var record in records.Where(record => record.Operation == EventKinds.LedgerKeyRevoked))
        {
            DateTimeOffset? at = record.Time;
            // As Changed names it; neither a client nor a kid has a slash.
            if (record.To.Split('/') is [var client, var kid])
                scope
                    .Db.Set<LedgerClientKeyRow>()
                    .Where(row => row.Client == client && row.Kid == kid && row.RevokedAt == null)
                    .ExecuteUpdate(set => set.SetProperty(row => row.RevokedAt, at));
        }
    }

    /// <summary>What is known is read again: the database is another than it was.</summary>
    internal Task ReloadAsync(CancellationToken token) => LoadAsync(token);

    private async Task<FrozenDictionary<(string Client, string Kid), ClientKey>> LoadAsync(CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var rows = await db.Set<LedgerClientKeyRow>().ToListAsync(token);
        return _known = rows.Select(Read).ToFrozenDictionary(key => (key.Client, key.Kid));
    }

    private static ClientKey Read(LedgerClientKeyRow row)
    {
        var key = new ClientKey(row.Client, row.AddedAt, row.RevokedAt);
        return row.Kid.StartsWith(ClientCertificate.Prefix, StringComparison.Ordinal)
            ? key with
            {
                Certificate = ClientCertificate.Parse(row.Key),
            }
            : key with
            {
                Key = CallerKey.Parse(row.Key),
            };
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
