using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Staff;

/// <summary>Staff and their passkeys: enrol, use. There is no other way in.</summary>
public sealed class StaffMembers(IDbContextFactory<MyDataDb> dbs, IWriter writer, IRecoveries recoveries)
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

    /// <summary>Whether a passkey can still be made with this invitation.</summary>
    public async Task<bool> TakesAsync(StaffInvitation invitation, CancellationToken cancellationToken = default)
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        return Takes(db, invitation);
    }

    /// <summary>Gives the invited one a passkey, makes her a member where she is none yet, and signs her in.</summary>
    /// <returns>The session's cookie; null where the invitation was used before or has died, or the passkey is known.</returns>
    public Task<string?> EnrolAsync(
        StaffInvitation invitation,
        NewCredential passkey,
        CancellationToken cancellationToken = default
    )
    {
        var cookie = SecretToken.New();
        return writer.WriteAsync(
            scope =>
            {
                if (!Takes(scope.Db, invitation))
                    return null;
                var member = scope.Db.Set<StaffMember>().SingleOrDefault(m => m.Id == invitation.Id);
                if (scope.Db.Set<StaffPasskey>().Any(p => p.CredentialId == passkey.CredentialId))
                    return null;
                var kind = member is null ? EventKinds.StaffEnrolled : EventKinds.StaffPasskeyAdded;
                member ??= Add(scope, invitation.Id, invitation.Name, invitation.Role, invitation.Office);
                member.LinksAfter = invitation.MadeAt;
                scope.Db.Add(new StaffPasskey(passkey, scope.Now) { StaffId = member.Id });
                var session = StaffSessions.Begin(scope, cookie, member.Id);
                scope.Raise(Happened(kind, member.Id, session.Id, new { role = member.Role }));
                return cookie.Value;
            },
            cancellationToken
        );
    }

    /// <summary>Signs in whose passkey it is, when its signature has held.</summary>
    /// <returns>The session's cookie; null where the passkey may be a copy (<see cref="PasskeyRecord.Use"/>), or was taken away meanwhile.</returns>
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
                if (passkey is null || !passkey.Use(signCount, isBackedUp, scope.Now))
                    return null;
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

    /// <summary>A member of staff of the sandbox, made up like everybody there: signed in without a passkey.</summary>
    public Task<string> SandboxAsync(
        Guid id,
        string name,
        string role,
        string? office = null,
        CancellationToken cancellationToken = default
    )
    {
        var cookie = SecretToken.New();
        return writer.WriteAsync(
            scope =>
            {
                var member =
                    scope.Db.Set<StaffMember>().SingleOrDefault(m => m.Id == id) ?? Add(scope, id, name, role, office);
                // Whoever tries the sandbox finds her there, also after trying to remove her.
                member.LeftAt = null;
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

    /// <summary>The member whom a first link made may be gone with the database that knew her, and with her that it was used.</summary>
    private bool Takes(MyDataDb db, StaffInvitation invitation) =>
        !(invitation.MadeAt <= recoveries.Last(db))
        && db.Set<StaffMember>().SingleOrDefault(m => m.Id == invitation.Id)?.Takes(invitation) != false;

    private static StaffMember Add(WriteScope scope, Guid id, string name, string role, string? office)
    {
        var member = new StaffMember
        {
            Id = id,
            Name = name,
            Role = role,
            Office = office,
            CreatedAt = scope.Now,
            LinksAfter = scope.Now,
        };
        scope.Db.Add(member);
        return member;
    }
}
