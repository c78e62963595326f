using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A record about somebody, as it stands in the log.</summary>
/// <param name="Line">of her history; null where another system recorded it</param>
/// <param name="Size">of the log as witnesses have seen it</param>
/// <param name="Hold">until when its content is not displayed to her; null: it is</param>
public sealed record PersonAccess(int Year, long Index, LedgerRecord Record, long? Line, long Size, DisplayHold? Hold);

/// <summary>Where a page of accesses begins: below this tag of hers in that year's log.</summary>
public sealed record AccessCursor(int Year, long Before);

/// <summary>A page, newest first.</summary>
/// <param name="Next">null on the last</param>
public sealed record AccessPage(IReadOnlyList<PersonAccess> Accesses, AccessCursor? Next);

/// <summary>The place of a record of which she sees no more than that it is there.</summary>
public sealed record HeldAccess(int Year, long Index, DisplayHold Hold);

/// <summary>
/// Every record about somebody, the platform's and other systems', for herself alone: found as her browser finds them, by the tags of her key,
/// and only what enough witnesses have seen.
/// </summary>
public sealed class PersonAccesses(
    OpenLogs logs,
    PersonKeys keys,
    LedgerHolds holds,
    IDbContextFactory<MyDataDb> databases
)
{
    /// <summary>Tags that a page looks at.</summary>
    public const int PageSize = 50;

    /// <param name="from"><see cref="AccessPage.Next"/> of the page before; null: the newest</param>
    public async Task<AccessPage> PageAsync(Guid citizenId, AccessCursor? from, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var person = await db.Set<LedgerPersonRow>().FirstOrDefaultAsync(p => p.CitizenId == citizenId, token);
        if (person?.Key is not { } sealedKey)
            return new AccessPage([], null);
        var key = keys.Open(sealedKey, citizenId);
        var counters = await db.Set<LedgerCounterRow>()
            .Where(counter => counter.CitizenId == citizenId)
            .ToDictionaryAsync(counter => counter.Log, counter => counter.Next, token);
        var found = new List<PersonAccess>();
        var room = PageSize;
        foreach (var log in logs.All.Where(log => from is null || log.Year <= from.Year).OrderByDescending(l => l.Year))
        {
            var end = counters.GetValueOrDefault(log.Id);
            if (log.Year == from?.Year)
                end = Math.Min(end, from.Before);
            if (end == 0)
                continue;
            if (room == 0)
                return new AccessPage(found, new AccessCursor(log.Year, end));
            var first = Math.Max(end - room, 0);
            found.AddRange(await FindAsync(db, log, key, first, end, token));
            room -= (int)(end - first);
            if (first > 0)
                return new AccessPage(found, new AccessCursor(log.Year, first));
        }
        return new AccessPage(found, null);
    }

    private async Task<IEnumerable<PersonAccess>> FindAsync(
        MyDataDb db,
        OpenLog log,
        byte[] key,
        long first,
        long end,
        CancellationToken token
    )
    {
        var seen = log.Proven?.Checkpoint.Size ?? 0;
        var tags = Tags(log, key, first, end);
        var rows = await (
            from tag in db.Set<LedgerTagRow>()
            where tags.Contains(tag.Tag)
            join entry in db.Set<LedgerEntryRow>() on tag.Entry equals entry.Id
            where entry.Log == log.Id && entry.Index < seen
            select new
            {
                entry.Id,
                entry.Index,
                entry.Bytes,
                entry.EventId,
            }
        ).ToListAsync(token);
        var held = await holds.NowAsync(db, [.. rows.Where(row => row.EventId is null).Select(row => row.Id)], token);
        return rows.OrderByDescending(row => row.Index)
            .Select(row => new PersonAccess(
                log.Year,
                row.Index!.Value,
                LedgerRecord.Parse(row.Bytes),
                row.EventId,
                seen,
                held.GetValueOrDefault(row.Id)
            ));
    }

    /// <summary>Those of which she sees no more than that they are there, all of them.</summary>
    public async Task<IReadOnlyList<HeldAccess>> HeldAsync(Guid citizenId, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var held = await holds.NowAsync(db, token);
        var person = await db.Set<LedgerPersonRow>().FirstOrDefaultAsync(p => p.CitizenId == citizenId, token);
        if (held.Count == 0 || person?.Key is not { } sealedKey)
            return [];
        var key = keys.Open(sealedKey, citizenId);
        var hers = new List<HeldAccess>();
        foreach (var same in held.GroupBy(one => one.Entry.Log))
        {
            if (logs.ById(same.Key) is not { } log)
                continue;
            var end = await db.Set<LedgerCounterRow>()
                .Where(counter => counter.CitizenId == citizenId && counter.Log == log.Id)
                .Select(counter => counter.Next)
                .FirstOrDefaultAsync(token);
            var tags = Tags(log, key, 0, end).Select(Convert.ToHexString).ToHashSet(StringComparer.Ordinal);
            hers.AddRange(
                same.Where(one =>
                        LedgerRecord.Parse(one.Entry.Bytes).Tags.Any(tag => tags.Contains(Convert.ToHexString(tag)))
                    )
                    .Select(one => new HeldAccess(log.Year, one.Entry.Index!.Value, one.Hold))
            );
        }
        return hers;
    }

    private static byte[][] Tags(OpenLog log, byte[] key, long first, long end)
    {
        var tags = new byte[end - first][];
        for (var counter = first; counter < end; counter++)
            tags[counter - first] = PersonTag.Compute(key, log.Origin, log.Year, counter);
        return tags;
    }
}
