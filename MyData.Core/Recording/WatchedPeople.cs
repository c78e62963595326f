using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// The tags of people who do not exist, so that each record about one of them is seen (security.md 1.2). Whose key is taken out of the vault
/// for it is nobody; that it was taken is a record all the same.
/// </summary>
public sealed class WatchedPeople(
    PersonKeys keys,
    CitizenAccounts accounts,
    IWriter writer,
    IDbContextFactory<MyDataDb> databases
)
{
    private readonly ConcurrentDictionary<NationalId, byte[]> _opened = new();

    /// <summary>Her tags in this log from a counter on, in their order; none where nothing was recorded about her yet.</summary>
    public async Task<IReadOnlyList<byte[]>> TagsAsync(
        OpenLog log,
        NationalId person,
        long from,
        CancellationToken token
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        if (await PersonAsync(db, person, token) is not { } id)
            return [];
        var next = await db.Set<LedgerCounterRow>()
            .Where(row => row.CitizenId == id && row.Log == log.Id)
            .Select(row => (long?)row.Next)
            .FirstOrDefaultAsync(token);
        if (next is not { } end || end <= from || await KeyAsync(db, person, id, token) is not { } key)
            return [];
        var tags = new List<byte[]>();
        for (var counter = from; counter < end; counter++)
            tags.Add(PersonTag.Compute(key, log.Origin, log.Year, counter));
        return tags;
    }

    private async Task<Guid?> PersonAsync(MyDataDb db, NationalId person, CancellationToken token)
    {
        var pseudonym = accounts.PseudonymOf(person);
        if (CitizenAccounts.IdOf(db, pseudonym) is { } account)
            return account;
        return await db.Set<LedgerNamedRow>()
            .Where(row => row.Pseudonym == pseudonym)
            .Select(row => (Guid?)row.PersonId)
            .FirstOrDefaultAsync(token);
    }

    // An account that was made later has taken the key over, so it is the same one.
    private async Task<byte[]?> KeyAsync(MyDataDb db, NationalId person, Guid id, CancellationToken token)
    {
        if (_opened.TryGetValue(person, out var known))
            return known;
        var row = await db.Set<LedgerPersonRow>().FirstOrDefaultAsync(one => one.CitizenId == id, token);
        if (row?.Key is not { } sealedKey)
            return null;
        await writer.WriteAsync(
            scope =>
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.VaultOpened,
                        Actor = "platform",
                        Details = JsonSerializer.Serialize(new { why = "watch" }),
                    }
                ),
            token
        );
        return _opened[person] = keys.Open(sealedKey, id);
    }
}
