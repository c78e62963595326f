using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.Citizens;

/// <summary>A passkey that she adds.</summary>
public sealed record NewPasskey
{
    public required Guid CitizenId { get; init; }

    /// <summary>The session that adds it.</summary>
    public required Guid SessionId { get; init; }
    public required AssuranceLevel SessionLevel { get; init; }
    public required string Name { get; init; }
    public required NewCredential Credential { get; init; }
}

/// <summary>A passkey that has just been used: whose, and what that is worth.</summary>
public sealed record PasskeyProof(Guid CitizenId, AssuranceLevel Level);

/// <summary>A passkey in her list.</summary>
public sealed record PasskeyView(
    Guid Id,
    string Name,
    AssuranceLevel Level,
    bool IsSynced,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt
);

/// <summary>Her passkeys: add, use, name, remove.</summary>
public sealed class Passkeys(IDbContextFactory<MyDataDb> dbs, IWriter writer, INotices notices)
{
    /// <summary>More than this nobody needs, and a list without end would fill the database.</summary>
    public const int Most = 20;

    public const int LongestName = 60;

    public async Task<IReadOnlyList<PasskeyView>> ListAsync(
        Guid citizenId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        return await db.Set<Passkey>()
            .Where(p => p.CitizenId == citizenId)
            .OrderBy(p => p.CreatedAt)
            .Select(p => new PasskeyView(p.Id, p.Name, p.Level, p.IsBackupEligible, p.CreatedAt, p.LastUsedAt))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Whose passkey this is; null for an unknown one.</summary>
    public async Task<Guid?> OwnerAsync(byte[] credentialId, CancellationToken cancellationToken = default) =>
        (await FindAsync(credentialId, cancellationToken))?.CitizenId;

    /// <summary>With their public keys, for the handler that checks signatures.</summary>
    public async Task<IReadOnlyList<Passkey>> AllAsync(Guid citizenId, CancellationToken cancellationToken = default)
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        return await db.Set<Passkey>().Where(p => p.CitizenId == citizenId).ToListAsync(cancellationToken);
    }

    public async Task<Passkey?> FindAsync(byte[] credentialId, CancellationToken cancellationToken = default)
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        return await db.Set<Passkey>().FirstOrDefaultAsync(p => p.CredentialId == credentialId, cancellationToken);
    }

    /// <summary>False where this credential is known already, or she has too many.</summary>
    public Task<bool> AddAsync(NewPasskey added, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            scope =>
            {
                var all = scope.Db.Set<Passkey>();
                if (all.Any(p => p.CredentialId == added.Credential.CredentialId))
                    return false;
                if (all.Count(p => p.CitizenId == added.CitizenId) >= Most)
                    return false;
                var passkey = new Passkey(added.Credential, scope.Now)
                {
                    CitizenId = added.CitizenId,
                    Name = added.Name,
                    Level = LevelOf(added),
                };
                all.Add(passkey);
                var details = new { level = (int)passkey.Level, synced = passkey.IsBackupEligible };
                scope.Raise(Happened(EventKinds.PasskeyAdded, added.CitizenId, added.SessionId, details));
                notices.Queue(scope, added.CitizenId, NoticeKinds.PasskeyAdded, new { when = scope.Now });
                return true;
            },
            cancellationToken
        );

    /// <summary>
    /// Records a use, when its signature has held. Null: it may be a copy (<see cref="PasskeyRecord.Use"/>), or it was removed
    /// meanwhile.
    /// </summary>
    public Task<PasskeyProof?> UsedAsync(
        byte[] credentialId,
        uint signCount,
        bool isBackedUp,
        CancellationToken cancellationToken = default
    ) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var passkey = scope.Db.Set<Passkey>().SingleOrDefault(p => p.CredentialId == credentialId);
                if (passkey is null || !passkey.Use(signCount, isBackedUp, scope.Now))
                    return null;
                return new PasskeyProof(passkey.CitizenId, passkey.Level);
            },
            cancellationToken
        );

    /// <summary>False where it is not hers.</summary>
    public Task<bool> RenameAsync(Guid citizenId, Guid id, string name, CancellationToken token = default) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                return scope
                        .Db.Set<Passkey>()
                        .Where(p => p.Id == id && p.CitizenId == citizenId)
                        .ExecuteUpdate(set => set.SetProperty(p => p.Name, name)) == 1;
            },
            token
        );

    /// <summary>
    /// False where it is not hers. Her other sessions that a passkey opened end with it: whoever found her phone may hold one.
    /// </summary>
    public Task<bool> RemoveAsync(Guid citizenId, Guid sessionId, Guid id, CancellationToken token = default) =>
        writer.WriteAsync(
            scope =>
            {
                var removed = scope
                    .Db.Set<Passkey>()
                    .Where(p => p.Id == id && p.CitizenId == citizenId)
                    .ExecuteDelete();
                if (removed != 1)
                    return false;
                var method = IdentityMethod.Passkey.Code;
                Sessions.End(
                    scope,
                    s => s.CitizenId == citizenId && s.Id != sessionId && s.Methods.Contains(method),
                    SessionEnds.EndedFromAccount
                );
                scope.Raise(Happened(EventKinds.PasskeyRemoved, citizenId, sessionId, details: null));
                notices.Queue(scope, citizenId, NoticeKinds.PasskeyRemoved, new { when = scope.Now });
                return true;
            },
            token
        );

    private static AssuranceLevel LevelOf(NewPasskey added) =>
        added.Credential.IsBackupEligible && added.SessionLevel > AssuranceLevel.LoA2
            ? AssuranceLevel.LoA2
            : added.SessionLevel;

    private static Event Happened(string kind, Guid citizenId, Guid sessionId, object? details) =>
        new()
        {
            Kind = kind,
            CitizenId = citizenId,
            SessionId = sessionId,
            Actor = "citizen",
            Details = details is null ? null : JsonSerializer.Serialize(details),
        };
}
