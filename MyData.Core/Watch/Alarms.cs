using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Watch;

/// <summary>Which alarms are asked for. Nothing chosen: null.</summary>
public sealed record AlarmFilter
{
    /// <summary>One of <see cref="AlarmCodes"/>.</summary>
    public string? Code { get; init; }

    /// <summary>Closed ones in place of open ones.</summary>
    public bool Closed { get; init; }
}

/// <summary>Alarms, newest first.</summary>
/// <param name="Next">the last one, to go on behind; null where there are no more</param>
public sealed record FoundAlarms(IReadOnlyList<Alarm> Alarms, Guid? Next);

/// <summary>Alarms as people deal with them. Whoever sees or closes one is an event, and so a record.</summary>
public sealed class Alarms(IDbContextFactory<MyDataDb> databases, IWriter writer)
{
    public const int PageSize = 30;

    /// <summary>How many are open, and how many of those nobody has seen.</summary>
    public async Task<(int Open, int New)> CountAsync(CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var open = db.Set<Alarm>().Where(alarm => alarm.ClosedAt == null);
        return (await open.CountAsync(token), await open.CountAsync(alarm => alarm.SeenAt == null, token));
    }

    /// <summary>By code: how many were raised since a moment, and how many of those are open.</summary>
    public async Task<IReadOnlyDictionary<string, (int All, int Open)>> CountSinceAsync(
        DateTimeOffset since,
        CancellationToken token
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var counts = await db.Set<Alarm>()
            .Where(alarm => alarm.RaisedAt >= since)
            .GroupBy(alarm => alarm.Code)
            .Select(group => new
            {
                group.Key,
                All = group.Count(),
                Open = group.Count(alarm => alarm.ClosedAt == null),
            })
            .ToListAsync(token);
        return counts.ToDictionary(count => count.Key, count => (count.All, count.Open));
    }

    public async Task<FoundAlarms> PageAsync(AlarmFilter filter, Guid? before, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var all = db.Set<Alarm>().Where(alarm => alarm.ClosedAt != null == filter.Closed);
        if (filter.Code is { } code)
            all = all.Where(alarm => alarm.Code == code);
        // Ids are UUID version 7: newest first is the order of the ids.
        if (before is { } last)
            all = all.Where(alarm => alarm.Id.CompareTo(last) < 0);
        var found = await all.OrderByDescending(alarm => alarm.Id).Take(PageSize + 1).ToListAsync(token);
        return new FoundAlarms([.. found.Take(PageSize)], found.Count > PageSize ? found[PageSize - 1].Id : null);
    }

    public async Task<Alarm?> FindAsync(Guid id, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Alarm>().FirstOrDefaultAsync(alarm => alarm.Id == id, token);
    }

    /// <summary>The places of its records, by log and place.</summary>
    public async Task<IReadOnlyList<AlarmRecord>> RecordsAsync(Guid id, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<AlarmRecord>()
            .Where(record => record.Alarm == id)
            .OrderBy(record => record.Log)
            .ThenBy(record => record.Index)
            .ToListAsync(token);
    }

    /// <summary>
    /// One of the staff opens it: on record the first time, whoever she is. An auditor's look is the one that counts as seen, and then it needs no
    /// mail; what grew since is new to her, and is on record again.
    /// </summary>
    /// <param name="isAuditor">whoever else may look is among those who are watched: her look silences no mail</param>
    /// <returns>whether this look is on record now</returns>
    public Task<bool> OpenAsync(Guid id, Guid staffId, bool isAuditor, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                if (!scope.Db.Set<Alarm>().Any(alarm => alarm.Id == id))
                    return false;
                var isSeen = isAuditor && See(scope, id, staffId);
                var isFirst = !scope.Db.Set<AlarmLook>().Any(look => look.Alarm == id && look.Staff == staffId);
                if (isFirst)
                    scope.Db.Add(
                        new AlarmLook
                        {
                            Alarm = id,
                            Staff = staffId,
                            At = scope.Now,
                        }
                    );
                if (isFirst || isSeen)
                    scope.Raise(Happened(EventKinds.AlarmSeen, staffId, new { alarm = id }));
                return isFirst || isSeen;
            },
            token
        );

    private static bool See(WriteScope scope, Guid id, Guid staffId) =>
        scope
            .Db.Set<Alarm>()
            .Where(alarm => alarm.Id == id && alarm.SeenAt == null && alarm.ClosedAt == null)
            .ExecuteUpdate(set =>
                set.SetProperty(alarm => alarm.SeenAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(alarm => alarm.SeenBy, (Guid?)staffId)
                    .SetProperty(alarm => alarm.MailAt, (DateTimeOffset?)null)
            ) == 1;

    /// <summary>Closes it, once; false where it was closed, or is none.</summary>
    /// <param name="reason">one of <see cref="AlarmReasons"/></param>
    public Task<bool> CloseAsync(Guid id, Guid staffId, string reason, CancellationToken token)
    {
        if (!AlarmReasons.All.Contains(reason))
            throw new ArgumentException("Not a reason.", nameof(reason));
        return writer.WriteAsync(
            scope =>
            {
                var changed = scope
                    .Db.Set<Alarm>()
                    .Where(alarm => alarm.Id == id && alarm.ClosedAt == null)
                    .ExecuteUpdate(set =>
                        set.SetProperty(alarm => alarm.ClosedAt, (DateTimeOffset?)scope.Now)
                            .SetProperty(alarm => alarm.ClosedBy, (Guid?)staffId)
                            .SetProperty(alarm => alarm.Reason, reason)
                            .SetProperty(alarm => alarm.MailAt, (DateTimeOffset?)null)
                    );
                if (changed == 1)
                    scope.Raise(Happened(EventKinds.AlarmClosed, staffId, new { why = reason, alarm = id }));
                return changed == 1;
            },
            token
        );
    }

    /// <summary>Somebody takes something out of the auditor's room, or the help desk's; written before it goes out.</summary>
    /// <param name="what">a code: <c>records</c>, <c>evidence</c>, <c>report</c>, <c>transfers</c></param>
    public Task ExportedAsync(Guid? staffId, string what, CancellationToken token) =>
        writer.WriteAsync(scope => scope.Raise(Happened(EventKinds.AuditExported, staffId, new { why = what })), token);

    private static Event Happened(string kind, Guid? staffId, object details) =>
        new()
        {
            Kind = kind,
            Actor = staffId is { } id ? $"operator:{id:N}" : "platform",
            Details = JsonSerializer.Serialize(details),
        };
}
