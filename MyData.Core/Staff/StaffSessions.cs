using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Staff;

/// <summary>Who of the staff is signed in. Read from the database at each request: they are few, and an end counts at once.</summary>
public sealed class StaffSessions(IDbContextFactory<MyDataDb> dbs, IWriter writer, TimeProvider time)
{
    /// <summary>A session ends this long after sign-in, whatever happens.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(8);

    /// <summary>A session ends after this long without a request: desks are left alone.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    /// <summary>The live session of this cookie; null for an unknown, ended, idle or expired one.</summary>
    public async Task<StaffSessionInfo?> FindAsync(string? cookie, CancellationToken cancellationToken = default)
    {
        if (!SecretToken.TryParse(cookie, out var token))
            return null;
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        var found = await (
            from session in db.Set<StaffSession>()
            where session.TokenHash == token.Hash && session.EndedAt == null
            join member in db.Set<StaffMember>() on session.StaffId equals member.Id
            where member.LeftAt == null
            select new { session, member }
        ).FirstOrDefaultAsync(cancellationToken);
        var now = time.GetUtcNow();
        if (found is null || now >= found.session.ExpiresAt || now - found.session.LastSeenAt >= Idle)
            return null;
        if (now - found.session.LastSeenAt >= Grain)
            await TouchAsync(found.session.Id, cancellationToken);
        return new(found.session.Id, found.member.Id, found.member.Name, found.member.Role, found.member.Office);
    }

    /// <summary>Signs out; false where the session had ended.</summary>
    public Task<bool> EndAsync(StaffSessionInfo session, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            scope =>
            {
                var ended = scope
                    .Db.Set<StaffSession>()
                    .Where(s => s.Id == session.Id && s.EndedAt == null)
                    .ExecuteUpdate(set => set.SetProperty(s => s.EndedAt, (DateTimeOffset?)scope.Now));
                if (ended == 1)
                    scope.Raise(StaffMembers.Happened(EventKinds.StaffSignedOut, session.StaffId, session.Id));
                return ended == 1;
            },
            cancellationToken
        );

    /// <summary>Opens a session in a write that has accepted the proof.</summary>
    internal static StaffSession Begin(WriteScope scope, SecretToken cookie, Guid staffId)
    {
        var session = new StaffSession
        {
            StaffId = staffId,
            TokenHash = cookie.Hash,
            SignedInAt = scope.Now,
            LastSeenAt = scope.Now,
            ExpiresAt = scope.Now + Life,
        };
        scope.Db.Add(session);
        return session;
    }

    /// <summary>Signs her out everywhere, in a write that tells why.</summary>
    internal static void EndAll(WriteScope scope, Guid staffId) =>
        scope
            .Db.Set<StaffSession>()
            .Where(s => s.StaffId == staffId && s.EndedAt == null)
            .ExecuteUpdate(set => set.SetProperty(s => s.EndedAt, (DateTimeOffset?)scope.Now));

    private Task TouchAsync(Guid id, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<StaffSession>()
                    .Where(s => s.Id == id)
                    .ExecuteUpdate(set => set.SetProperty(s => s.LastSeenAt, scope.Now));
            },
            cancellationToken
        );
}
