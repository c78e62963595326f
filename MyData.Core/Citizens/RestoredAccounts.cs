using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Citizens;

/// <summary>
/// An older database brings back what had ended: sessions that were ended since, accounts that were closed. So every session from before
/// ends, and whoever has closed her account, by the ledger's own word, has it closed again, with her key. Run again, it finds nothing.
/// </summary>
public sealed class RestoredAccounts(IWriter writer, AccountClosing closing, IDbContextFactory<MyDataDb> databases)
{
    private const int AtOnce = 500;

    /// <param name="before">when the older database took over</param>
    public async Task<bool> IsNeededAsync(DateTimeOffset before, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Session>().AnyAsync(s => s.EndedAt == null && s.SignedInAt < before, token)
            || await Closed(db).AnyAsync(token);
    }

    /// <inheritdoc cref="IsNeededAsync"/>
    public async Task EndAsync(DateTimeOffset before, CancellationToken token)
    {
        int ended;
        do ended = await writer.WriteAsync(
            scope =>
            {
                var some = scope
                    .Db.Set<Session>()
                    .Where(s => s.EndedAt == null && s.SignedInAt < before)
                    .Select(s => s.Id)
                    .Take(AtOnce)
                    .ToList();
                return Sessions.End(scope, s => some.Contains(s.Id), SessionEnds.Restored);
            },
            token
        );
        while (ended > 0);
        await using var db = await databases.CreateDbContextAsync(token);
        foreach (var citizen in await Closed(db).ToListAsync(token))
            await closing.CloseAsync(citizen, Guid.Empty, token);
    }

    private static IQueryable<Guid> Closed(MyDataDb db) =>
        from citizen in db.Set<Citizen>()
        where db.Set<Event>().Any(e => e.CitizenId == citizen.Id && e.Kind == EventKinds.AccountClosed)
        select citizen.Id;
}
