using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Recording;

/// <summary>A line of somebody's history, and where its record stands; no place where it has none.</summary>
public sealed record PersonLine(long EventId, DateTimeOffset At, string Kind, string Code, int? Year, long? Index);

/// <summary>Where a record stands.</summary>
public sealed record RecordPlace(Guid Record, int Year, long Index);

/// <summary>
/// The ledger as it concerns one person, for herself alone: her own opening of the vault, which needs no record (ledger.md, "Tags").
/// </summary>
public sealed class PersonLedger(
    OpenLogs logs,
    PersonKeys keys,
    LedgerReceipts receipts,
    IDbContextFactory<MyDataDb> databases
)
{
    private const int MostAsked = 500;

    /// <summary>The 32 bytes that her tags are made of; null where nothing was recorded about her yet, or the key is destroyed.</summary>
    public async Task<byte[]?> KeyAsync(Guid citizenId, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var person = await db.Set<LedgerPersonRow>().FirstOrDefaultAsync(p => p.CitizenId == citizenId, token);
        return person?.Key is { } key ? keys.Open(key, citizenId) : null;
    }

    /// <summary>Every line of hers, oldest first.</summary>
    public async Task<IReadOnlyList<PersonLine>> LinesAsync(Guid citizenId, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var lines =
            from happened in db.Set<Event>()
            where happened.CitizenId == citizenId
            join entry in db.Set<LedgerEntryRow>() on happened.Id equals entry.EventId into entries
            from entry in entries.DefaultIfEmpty()
            orderby happened.Id
            select new
            {
                happened.Id,
                happened.At,
                happened.Kind,
                happened.Code,
                Log = entry == null ? null : (int?)entry.Log,
                Index = entry == null ? null : entry.Index,
            };
        var years = logs.All.ToDictionary(log => log.Id, log => log.Year);
        return
        [
            .. (await lines.ToListAsync(token)).Select(line => new PersonLine(
                line.Id,
                line.At,
                line.Kind,
                line.Code,
                line.Log is { } log ? years.GetValueOrDefault(log) : null,
                line.Index
            )),
        ];
    }

    /// <summary>Where these records stand, those that do.</summary>
    public async Task<IReadOnlyList<RecordPlace>> PlacesAsync(
        IReadOnlyCollection<Guid> records,
        CancellationToken token
    )
    {
        var years = logs.All.ToDictionary(log => log.Id, log => log.Year);
        var places = new List<RecordPlace>(records.Count);
        await using var db = await databases.CreateDbContextAsync(token);
        foreach (var some in records.Chunk(MostAsked))
        {
            var rows = await db.Set<LedgerEntryRow>()
                .Where(entry => some.Contains(entry.Id) && entry.Index != null)
                .Select(entry => new
                {
                    entry.Id,
                    entry.Log,
                    entry.Index,
                })
                .ToListAsync(token);
            places.AddRange(
                rows.Where(row => years.ContainsKey(row.Log))
                    .Select(row => new RecordPlace(row.Id, years[row.Log], row.Index!.Value))
            );
        }
        return places;
    }

    /// <summary>The receipt of one of her lines; null where it is not hers, or has none yet.</summary>
    public async Task<LedgerReceipt?> ReceiptAsync(Guid citizenId, long eventId, CancellationToken token)
    {
        await using (var db = await databases.CreateDbContextAsync(token))
            if (!await db.Set<Event>().AnyAsync(e => e.Id == eventId && e.CitizenId == citizenId, token))
                return null;
        return await receipts.ForEventAsync(eventId, token);
    }
}
