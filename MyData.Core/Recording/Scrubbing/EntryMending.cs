using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Holds the rows of a bundle's records against the tree that was signed, and puts back what differs: each record by itself, in a
/// transaction of its own that keeps the wrong bytes too.
/// </summary>
internal sealed class EntryMending(RowRepairs repairs, LedgerIncidents incidents, IDbContextFactory<MyDataDb> databases)
{
    public const string Table = "ledger_entries";

    /// <summary>Looks at one bundle's rows.</summary>
    /// <returns>its records as they were signed; null where some are not to be had</returns>
    public async Task<IReadOnlyList<byte[]>?> MendAsync(CaredLog log, long number, Found found, CancellationToken token)
    {
        var tile = (await log.Tree.TileAsync(0, number, token)).Tile;
        var first = number * Tile.FullWidth;
        var rows = await RowsAsync(log.Id, first, tile.Width, token);
        var wrong = Enumerable.Range(0, tile.Width).Where(at => !IsRight(tile, at, rows.GetValueOrDefault(first + at)));
        if (wrong.ToList() is not { Count: > 0 } places)
            return [.. Enumerable.Range(0, tile.Width).Select(at => rows[first + at].Bytes)];
        IReadOnlyList<byte[]> right;
        string from;
        try
        {
            (right, from) = await log.Tree.EntriesAsync(number, token);
        }
        catch (LedgerException nobody)
        {
            foreach (var at in places)
                await found.AddAsync(
                    incidents,
                    Damaged(first + at, rows.GetValueOrDefault(first + at)?.Bytes, nobody),
                    token
                );
            return null;
        }
        foreach (var at in places)
        {
            var row = rows.GetValueOrDefault(first + at);
            var isOther = row is not null && tile.Node(0, at).SequenceEqual(Merkle.LeafHash(row.Bytes));
            await repairs.RunAsync(
                found,
                Table,
                scope =>
                {
                    Put(scope, log.Id, first + at, right[at]);
                    return Healed(first + at, isOther ? null : row?.Bytes, right[at], from);
                },
                token
            );
        }
        return right;
    }

    /// <summary>
    /// Takes away rows behind the newest root: places and root are one transaction, so what has a place and no root was put there. One that
    /// names an event stays, and the start says so: a row of the roots may be what is gone.
    /// </summary>
    public async Task RemoveBehindAsync(CaredLog log, Found found, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var newest = await db.Set<LedgerCheckpointRow>().Where(c => c.Log == log.Id).MaxAsync(c => c.Size, token);
        var behind = await db.Set<LedgerEntryRow>()
            .Where(e => e.Log == log.Id && e.Index >= newest && e.EventId == null)
            .ToListAsync(token);
        foreach (var row in behind)
            await repairs.RunAsync(
                found,
                Table,
                scope =>
                {
                    scope.Db.Set<LedgerEntryRow>().Where(e => e.Id == row.Id).ExecuteDelete();
                    return new Incident(LedgerIncidents.Healed, "The row stood behind the newest root.")
                    {
                        Place = Table,
                        Index = row.Index,
                        From = LogRecovery.Own,
                        Ours = row.Bytes,
                    };
                },
                token
            );
    }

    private async Task<Dictionary<long, LedgerEntryRow>> RowsAsync(
        int log,
        long from,
        int width,
        CancellationToken token
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<LedgerEntryRow>()
            .Where(e => e.Log == log && e.Index >= from && e.Index < from + width)
            .ToDictionaryAsync(e => e.Index!.Value, token);
    }

    private static bool IsRight(Tile tile, int at, LedgerEntryRow? row)
    {
        if (row is null || !tile.Node(0, at).SequenceEqual(Merkle.LeafHash(row.Bytes)))
            return false;
        try
        {
            return LedgerRecord.Parse(row.Bytes).Id == row.Id;
        }
        catch (LedgerException)
        {
            // Signed, and no record: whatever it is, it stands as it was signed.
            return true;
        }
    }

    /// <summary>
    /// The row that stands in this place gets the record's bytes and id; where its own row stands elsewhere the two change places, so that
    /// each keeps its event.
    /// </summary>
    private static void Put(WriteScope scope, int log, long index, byte[] right)
    {
        var (db, record) = (scope.Db, LedgerRecord.Parse(right));
        var rows = db.Set<LedgerEntryRow>();
        var own = rows.AsNoTracking().FirstOrDefault(e => e.Id == record.Id);
        var here = rows.AsNoTracking().FirstOrDefault(e => e.Log == log && e.Index == index);
        if (own is null && here is null)
        {
            rows.Add(
                new LedgerEntryRow
                {
                    Id = record.Id,
                    Log = log,
                    Index = index,
                    Bytes = right,
                    EventId = EventOf(db, record, log, index),
                }
            );
            scope.Flush();
            return;
        }
        if (own is null || own.Id == here?.Id)
        {
            rows.Where(e => e.Log == log && e.Index == index)
                .ExecuteUpdate(set => set.SetProperty(e => e.Id, record.Id).SetProperty(e => e.Bytes, right));
            return;
        }
        var (elsewhere, place) = (own.Log, own.Index);
        if (here is not null)
            rows.Where(e => e.Id == here.Id).ExecuteUpdate(set => set.SetProperty(e => e.Index, (long?)null));
        rows.Where(e => e.Id == record.Id)
            .ExecuteUpdate(set =>
                set.SetProperty(e => e.Log, log).SetProperty(e => e.Index, index).SetProperty(e => e.Bytes, right)
            );
        if (here is not null)
            rows.Where(e => e.Id == here.Id)
                .ExecuteUpdate(set => set.SetProperty(e => e.Log, elsewhere).SetProperty(e => e.Index, place));
    }

    // A row that was deleted took the link to its event along. Events have their numbers in the order of their records: it is the first
    // that says the same, between those of the records before and behind.
    private static long? EventOf(MyDataDb db, LedgerRecord record, int log, long index)
    {
        if (record.Via != EventRecord.Platform)
            return null;
        var linked = db.Set<LedgerEntryRow>().Where(e => e.Log == log && e.EventId != null);
        var before = linked
            .Where(e => e.Index < index)
            .OrderByDescending(e => e.Index)
            .Select(e => e.EventId)
            .FirstOrDefault();
        var behind = linked.Where(e => e.Index > index).OrderBy(e => e.Index).Select(e => e.EventId).FirstOrDefault();
        return db.Set<Event>()
            .Where(e => e.Id > (before ?? 0) && e.Id < (behind ?? long.MaxValue))
            .Where(e => e.At == record.Time && e.Kind == record.Operation && e.Code == record.Result)
            .OrderBy(e => e.Id)
            .Select(e => (long?)e.Id)
            .FirstOrDefault();
    }

    private static Incident Healed(long index, byte[]? wrong, byte[] right, string from) =>
        new(
            LedgerIncidents.Healed,
            wrong is null ? "The row was gone, or stood elsewhere." : "The row had other bytes."
        )
        {
            Place = Table,
            Index = index,
            From = from,
            Ours = wrong,
            Theirs = right,
        };

    private static Incident Damaged(long index, byte[]? wrong, LedgerException why) =>
        new(LedgerIncidents.Damaged, why.Message)
        {
            Place = Table,
            Index = index,
            Ours = wrong,
        };
}
