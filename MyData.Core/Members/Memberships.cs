using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Services;

namespace MyData.Core.Members;

/// <summary>A service at which she signs in, as her page shows it.</summary>
/// <param name="Service">also where it is listed no more</param>
/// <param name="Told">what the service was, or is to be, told since she ended it; null: nothing</param>
public sealed record MembershipView(Membership Membership, OnlineServiceListing Service, SecurityEvent? Told)
{
    public IReadOnlyList<string> Claims => Membership.Claims.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Where she signs in with the platform, and how she ends it.</summary>
public sealed class Memberships(OnlineServices services, IDbContextFactory<MyDataDb> databases, IWriter writer)
{
    /// <summary>Hers, the last used ones first; those that she ended as long as they are kept.</summary>
    public async Task<IReadOnlyList<MembershipView>> ListAsync(Guid citizenId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var rows = await db.Set<Membership>()
            .Where(m => m.CitizenId == citizenId)
            .OrderByDescending(m => m.LastUsedAt)
            .ToListAsync(token);
        var ids = rows.Select(row => row.Id).ToList();
        var told = await SecurityEventTokens.AboutAsync(db, ids, token);
        var views = new List<MembershipView>(rows.Count);
        foreach (var row in rows)
            if (await services.FindAnyAsync(row.ServiceId, token) is { } service)
                views.Add(new(row, service, told.Where(e => e.RequestId == row.Id).MaxBy(e => e.Id)));
        return views;
    }

    /// <summary>One of hers; null for anybody else's.</summary>
    public async Task<MembershipView?> FindAsync(Guid citizenId, Guid id, CancellationToken token = default) =>
        (await ListAsync(citizenId, token)).FirstOrDefault(view => view.Membership.Id == id);

    /// <summary>
    /// She ends it, in one write: it is remembered no more, what the service has of tokens is dead, and a signed event tells it so.
    /// </summary>
    /// <returns>False where it is not hers, or has ended: then nothing changed.</returns>
    public Task<bool> EndAsync(Guid citizenId, Guid sessionId, Guid id, CancellationToken token = default) =>
        writer.WriteAsync(scope => End(scope, citizenId, id, sessionId), token);

    /// <inheritdoc cref="EndAsync"/>
    /// <param name="session">in which she does; null with <paramref name="restored"/></param>
    /// <param name="restored">an older database had brought it back</param>
    internal static bool End(WriteScope scope, Guid citizenId, Guid id, Guid? session, bool restored = false)
    {
        var changed = scope
            .Db.Set<Membership>()
            .Where(m => m.Id == id && m.CitizenId == citizenId && m.EndedAt == null)
            .ExecuteUpdate(set => set.SetProperty(m => m.EndedAt, (DateTimeOffset?)scope.Now));
        if (changed != 1)
            return false;
        var row = scope.Db.Set<Membership>().AsNoTracking().Single(m => m.Id == id);
        scope
            .Db.Set<MemberRequest>()
            .Where(r => r.CitizenId == citizenId && r.ServiceId == row.ServiceId)
            .Where(r => r.State < MemberState.Ended)
            .ExecuteUpdate(set =>
                set.SetProperty(r => r.State, MemberState.Ended).SetProperty(r => r.Code, MemberCodes.Ended)
            );
        Tell(scope, row);
        scope.Raise(
            MemberEvents.Happened(
                EventKinds.MemberEnded,
                MemberEvents.Citizen,
                citizenId,
                row.ServiceId,
                session: session,
                claims: "",
                restored: restored
            )
        );
        return true;
    }

    /// <summary>
    /// An older database had brought claims back that a later agreement of hers does not name: they are given no more, by what is under way neither, and count
    /// as not asked for.
    /// </summary>
    /// <param name="row">as it is in this write</param>
    /// <param name="given">the claims that the later one names</param>
    internal static void Narrow(WriteScope scope, Membership row, IReadOnlyList<string> given)
    {
        string Kept(string claims) => string.Join(' ', claims.Split(' ').Intersect(given));
        var (claims, asked) = (Kept(row.Claims), Kept(row.Asked));
        if (claims == row.Claims)
            return;
        scope
            .Db.Set<Membership>()
            .Where(m => m.Id == row.Id)
            .ExecuteUpdate(set => set.SetProperty(m => m.Claims, claims).SetProperty(m => m.Asked, asked));
        var open = scope
            .Db.Set<MemberRequest>()
            .AsNoTracking()
            .Where(r => r.CitizenId == row.CitizenId && r.ServiceId == row.ServiceId && r.State < MemberState.Ended)
            .Select(r => new { r.Id, r.Claims })
            .ToList();
        foreach (var request in open)
        {
            var left = Kept(request.Claims);
            scope
                .Db.Set<MemberRequest>()
                .Where(r => r.Id == request.Id)
                .ExecuteUpdate(set => set.SetProperty(r => r.Claims, left));
        }
        scope.Raise(
            MemberEvents.Happened(
                EventKinds.MemberAgreed,
                MemberEvents.Citizen,
                row.CitizenId,
                row.ServiceId,
                claims: claims,
                restored: true
            )
        );
    }

    /// <summary>The service is told that it signs her in no more, within the write that ends it.</summary>
    internal static void Tell(WriteScope scope, Membership row) =>
        SecurityEventTokens.Queue(
            scope,
            row.ServiceId,
            row.CitizenId,
            row.Id,
            SecurityEventTokens.SignInRevoked,
            new { since = row.GivenAt.ToUnixTimeSeconds() }
        );
}
