using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Staff;

/// <summary>A member of staff, or somebody who was one, as whoever runs the portal sees her.</summary>
public sealed record StaffEntry
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }

    /// <summary>Of a clerk.</summary>
    public required string? Office { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null while she works here.</summary>
    public required DateTimeOffset? LeftAt { get; init; }
    public required IReadOnlyList<StaffPasskeyEntry> Passkeys { get; init; }
}

/// <summary>A passkey in the roster.</summary>
public sealed record StaffPasskeyEntry(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>Who works here, and how that ends. For whoever runs the portal; no page shows it.</summary>
public sealed class StaffRoster(IDbContextFactory<MyDataDb> databases, IWriter writer)
{
    /// <summary>Members by the day when they came; then those who have left.</summary>
    public async Task<IReadOnlyList<StaffEntry>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var passkeys = await db.Set<StaffPasskey>().OrderBy(p => p.CreatedAt).ToListAsync(cancellationToken);
        var members = await db.Set<StaffMember>()
            .OrderBy(m => m.LeftAt != null)
            .ThenBy(m => m.CreatedAt)
            .ToListAsync(cancellationToken);
        var hers = passkeys.ToLookup(p => p.StaffId, p => new StaffPasskeyEntry(p.Id, p.CreatedAt, p.LastUsedAt));
        return
        [
            .. members.Select(m => new StaffEntry
            {
                Id = m.Id,
                Name = m.Name,
                Role = m.Role,
                Office = m.Office,
                CreatedAt = m.CreatedAt,
                LeftAt = m.LeftAt,
                Passkeys = [.. hers[m.Id]],
            }),
        ];
    }

    /// <summary>She leaves: passkeys, links and sessions end, her name stays. False where she does not work here.</summary>
    public Task<bool> RemoveAsync(Guid id, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            scope =>
            {
                var left = scope
                    .Db.Set<StaffMember>()
                    .Where(m => m.Id == id && m.LeftAt == null)
                    .ExecuteUpdate(set => set.SetProperty(m => m.LeftAt, (DateTimeOffset?)scope.Now));
                if (left != 1)
                    return false;
                scope.Db.Set<StaffPasskey>().Where(p => p.StaffId == id).ExecuteDelete();
                StaffSessions.EndAll(scope, id);
                scope.Raise(Happened(EventKinds.StaffLeft, id, RestoredStaff.NameOf(id)));
                return true;
            },
            cancellationToken
        );

    /// <summary>
    /// Takes one passkey away; false where it is none. She is signed out everywhere, and her open links die: whoever found
    /// her device may be signed in, or hold one.
    /// </summary>
    public Task<bool> RemovePasskeyAsync(Guid id, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            scope =>
            {
                if (scope.Db.Set<StaffPasskey>().SingleOrDefault(p => p.Id == id) is not { StaffId: var staffId } lost)
                    return false;
                scope.Db.Remove(lost);
                scope
                    .Db.Set<StaffMember>()
                    .Where(m => m.Id == staffId)
                    .ExecuteUpdate(set => set.SetProperty(m => m.LinksAfter, scope.Now));
                StaffSessions.EndAll(scope, staffId);
                scope.Raise(Happened(EventKinds.StaffPasskeyRemoved, staffId, RestoredStaff.NameOfPasskey(id)));
                return true;
            },
            cancellationToken
        );

    /// <param name="to">what has ended, so that its record alone can end it again</param>
    private static Event Happened(string kind, Guid staffId, string to) =>
        new()
        {
            Kind = kind,
            Actor = "platform",
            Details = JsonSerializer.Serialize(new { member = staffId.ToString("N"), to }),
        };
}
