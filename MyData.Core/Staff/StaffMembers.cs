using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Staff;

/// <summary>Staff and their passkeys: enrol, use. There is no other way in.</summary>
public sealed class StaffMembers(IDbContextFactory<MyDataDb> dbs, IWriter writer)
{
    /// <summary>Who this is; null for nobody.</summary>
    public async Task<StaffMember?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        return await db.Set<StaffMember>().FirstOrDefaultAsync(m => m.Id == id, cancellationToken);
    }

    public async Task<StaffPasskey?> FindPasskeyAsync(
        byte[] credentialId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        return await db.Set<StaffPasskey>().FirstOrDefaultAsync(p => p.CredentialId == credentialId, cancellationToken);
    }

    public async Task<IReadOnlyList<StaffPasskey>> PasskeysAsync(Guid staffId, CancellationToken token = default)
    {
        await using var db = await dbs.CreateDbContextAsync(token);
        return await db.Set<StaffPasskey>().Where(p => p.StaffId == staffId).ToListAsync(token);
    }

    /// <summary>Makes the invited one a member, with her passkey, and signs her in.</summary>
    /// <returns>The session's cookie; null where the invitation was used before, or the passkey is known.</returns>
    public Task<string?> EnrolAsync(
        StaffInvitation invitation,
        NewStaffPasskey passkey,
        CancellationToken cancellationToken = default
    )
    {
        var cookie = SecretToken.New();
        return writer.WriteAsync(
            scope =>
            {
                if (scope.Db.Set<StaffMember>().Any(m => m.Id == invitation.Id))
                    return null;
                if (scope.Db.Set<StaffPasskey>().Any(p => p.CredentialId == passkey.CredentialId))
                    return null;
                scope.Db.Add(Member(scope, invitation.Id, invitation.Name, invitation.Role));
                scope.Db.Add(Passkey(scope, invitation.Id, passkey));
                var session = StaffSessions.Begin(scope, cookie, invitation.Id);
                scope.Raise(
                    Happened(EventKinds.StaffEnrolled, invitation.Id, session.Id, new { role = invitation.Role })
                );
                return cookie.Value;
            },
            cancellationToken
        );
    }

    /// <summary>Signs in whose passkey it is, when its signature has held.</summary>
    /// <returns>The session's cookie; null where the counter did not rise, so that the passkey may be a copy (WebAuthn Level 3 §6.1.1).</returns>
    public Task<string?> SignInAsync(
        byte[] credentialId,
        uint signCount,
        bool isBackedUp,
        CancellationToken cancellationToken = default
    )
    {
        var cookie = SecretToken.New();
        return writer.WriteAsync(
            scope =>
            {
                var passkey = scope.Db.Set<StaffPasskey>().SingleOrDefault(p => p.CredentialId == credentialId);
                if (passkey is null || (signCount <= passkey.SignCount && (signCount, passkey.SignCount) is not (0, 0)))
                    return null;
                (passkey.SignCount, passkey.IsBackedUp, passkey.LastUsedAt) = (signCount, isBackedUp, scope.Now);
                var session = StaffSessions.Begin(scope, cookie, passkey.StaffId);
                scope.Raise(Happened(EventKinds.StaffSignedIn, passkey.StaffId, session.Id));
                return cookie.Value;
            },
            cancellationToken
        );
    }

    /// <summary>A passkey was shown, and did not prove anything.</summary>
    public Task RefusedAsync(string code, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            scope =>
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.StaffRefused,
                        Actor = "unknown",
                        Code = code,
                    }
                ),
            cancellationToken
        );

    /// <summary>The sandbox's own member of staff, made up like everybody there: signed in without a passkey.</summary>
    public Task<string> SandboxAsync(Guid id, string name, string role, CancellationToken cancellationToken = default)
    {
        var cookie = SecretToken.New();
        return writer.WriteAsync(
            scope =>
            {
                if (!scope.Db.Set<StaffMember>().Any(m => m.Id == id))
                    scope.Db.Add(Member(scope, id, name, role));
                var session = StaffSessions.Begin(scope, cookie, id);
                scope.Raise(Happened(EventKinds.StaffSignedIn, id, session.Id, new { sandbox = true }));
                return cookie.Value;
            },
            cancellationToken
        );
    }

    internal static Event Happened(string kind, Guid staffId, Guid sessionId, object? details = null) =>
        new()
        {
            Kind = kind,
            Actor = $"operator:{staffId:N}",
            SessionId = sessionId,
            Details = details is null ? null : JsonSerializer.Serialize(details),
        };

    private static StaffMember Member(WriteScope scope, Guid id, string name, string role) =>
        new()
        {
            Id = id,
            Name = name,
            Role = role,
            CreatedAt = scope.Now,
        };

    private static StaffPasskey Passkey(WriteScope scope, Guid staffId, NewStaffPasskey made) =>
        new()
        {
            StaffId = staffId,
            CredentialId = made.CredentialId,
            PublicKey = made.PublicKey,
            SignCount = made.SignCount,
            Transports = string.Join(' ', made.Transports),
            IsBackupEligible = made.IsBackupEligible,
            IsBackedUp = made.IsBackedUp,
            CreatedAt = scope.Now,
        };
}
