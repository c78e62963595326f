using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What the public may ask for: codes, and times. Nothing chosen: null.</summary>
public sealed record RecordFilter
{
    /// <summary>The recording system.</summary>
    public string? Via { get; init; }
    public string? Operation { get; init; }
    public string? Reason { get; init; }

    /// <summary><c>ok</c>, <see cref="NotOk"/>, or a code.</summary>
    public string? Result { get; init; }

    /// <summary>The recording system, or the recipient.</summary>
    public string? System { get; init; }

    /// <summary>An operation, or what was read: provider, data set, with its version or without.</summary>
    public string? Api { get; init; }
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this moment.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Every result that is not <c>ok</c>.</summary>
    public const string NotOk = "not-ok";

    public bool IsNarrow => this != new RecordFilter();

    public bool Fits(LedgerRecord record) =>
        (Via is null || record.Via == Via)
        && (System is null || record.Via == System || record.To == System)
        && (Api is null || IsApi(record, Api))
        && (Operation is null || record.Operation == Operation)
        && (Reason is null || record.Reason == Reason)
        && (Result is null || (Result == NotOk ? record.Result != "ok" : record.Result == Result))
        && (From is null || record.Time >= From)
        && (To is null || record.Time < To);

    private static bool IsApi(LedgerRecord record, string api) =>
        record.Operation == api
        || record.From.AsSpan().StartsWith(api, StringComparison.Ordinal)
            && (record.From.Length == api.Length || record.From[api.Length] is '@' or '/')
        || record.From.Split('@')[0].EndsWith($"/{api}", StringComparison.Ordinal);
}

/// <summary>A record at its place; the record is null where its bytes are no longer one.</summary>
public sealed record PlacedRecord(long Index, byte[] Entry, LedgerRecord? Record)
{
    internal static PlacedRecord Of(long index, byte[] entry)
    {
        try
        {
            return new PlacedRecord(index, entry, LedgerRecord.Parse(entry));
        }
        catch (LedgerException)
        {
            return new PlacedRecord(index, entry, null);
        }
    }
}

/// <summary>Records, newest first.</summary>
/// <param name="Next">Look on below this place; null where the log's beginning was reached.</param>
/// <param name="Looked">How many records were looked at for this page.</param>
public sealed record FoundRecords(IReadOnlyList<PlacedRecord> Records, long? Next, long Looked);

/// <summary>
/// Records for anybody, from the rows. A page looks at a bounded number of records, whatever is asked, and says where to go on: no question of
/// a stranger costs more than another.
/// </summary>
public sealed class LedgerRecords(OpenLogs logs, IDbContextFactory<MyDataDb> databases)
{
    public const int PageSize = 30;
    public const int MostLooked = 5_000;

    /// <summary>Tags in a question: always this many, so that it does not tell how many records somebody has.</summary>
    public const int TagsAtOnce = 64;

    private const int Batch = 500;

    // Records of one batch of writes may stand a little out of the order of their times.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <param name="before">only records below this place; null: from the newest</param>
    /// <returns>null for a year without a log</returns>
    public async Task<FoundRecords?> PageAsync(int year, RecordFilter filter, long? before, CancellationToken token)
    {
        if (logs.Find(year) is not { } log)
            return null;
        var size = log.Proven?.Checkpoint.Size ?? 0;
        var end = Math.Clamp(before ?? size, 0, size);
        await using var db = await databases.CreateDbContextAsync(token);
        if (filter.To is { } to && end > 0)
            end = await FirstAfterAsync(db, log, end, to + Slack, token);
        var found = new List<PlacedRecord>();
        var start = end;
        while (end > 0 && found.Count < PageSize && start - end < MostLooked)
        {
            var from = Math.Max(0, end - Batch);
            var range = await RangeAsync(db, log, from, end, token);
            // Also where rows are missing: the audit says so, and this goes on.
            end = from;
            foreach (var one in range.Reverse())
            {
                if (filter.From is { } earliest && one.Record?.Time < earliest - Slack)
                    return new FoundRecords(found, null, start - end);
                if (one.Record is null ? !filter.IsNarrow : filter.Fits(one.Record))
                    found.Add(one);
                if (found.Count < PageSize)
                    continue;
                end = one.Index;
                break;
            }
        }
        return new FoundRecords(found, end > 0 ? end : null, start - end);
    }

    /// <summary>The records at these places, those that are there, in order.</summary>
    public async Task<IReadOnlyList<PlacedRecord>> AtAsync(
        OpenLog log,
        IReadOnlyCollection<long> places,
        CancellationToken token
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var wanted = places.Select(place => (long?)place).ToArray();
        var rows = await db.Set<LedgerEntryRow>()
            .Where(e => e.Log == log.Id && wanted.Contains(e.Index))
            .OrderBy(e => e.Index)
            .Select(e => new { e.Index, e.Bytes })
            .ToListAsync(token);
        return [.. rows.Select(row => PlacedRecord.Of(row.Index!.Value, row.Bytes))];
    }

    /// <summary>Where each tag stands; −1 for one that is not in the log. The work is the same for every answer.</summary>
    public async Task<long[]> FindAsync(OpenLog log, IReadOnlyList<byte[]> tags, CancellationToken token)
    {
        if (tags.Count != TagsAtOnce)
            throw new ArgumentException("Not as many tags as always.", nameof(tags));
        await using var db = await databases.CreateDbContextAsync(token);
        var asked = tags.ToArray();
        var rows = await (
            from tag in db.Set<LedgerTagRow>()
            where asked.Contains(tag.Tag)
            join entry in db.Set<LedgerEntryRow>() on tag.Entry equals entry.Id
            where entry.Log == log.Id
            select new { tag.Tag, entry.Index }
        ).ToListAsync(token);
        var places = rows.Where(row => row.Index is not null)
            .ToDictionary(row => Convert.ToHexString(row.Tag), row => row.Index!.Value);
        return [.. tags.Select(tag => places.GetValueOrDefault(Convert.ToHexString(tag), -1))];
    }

    /// <summary>Records in their order, at most <see cref="MostLooked"/>: for whoever follows the log.</summary>
    public async Task<IReadOnlyList<PlacedRecord>> FollowAsync(
        OpenLog log,
        long from,
        long end,
        CancellationToken token
    )
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await RangeAsync(db, log, from, Math.Min(end, from + MostLooked), token);
    }

    /// <summary>The place of the first record of this time or later, within a batch of writes; the size where there is none.</summary>
    public async Task<long> FirstAsync(OpenLog log, DateTimeOffset time, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await FirstAfterAsync(db, log, log.Proven?.Checkpoint.Size ?? 0, time, token);
    }

    private static async Task<IReadOnlyList<PlacedRecord>> RangeAsync(
        MyDataDb db,
        OpenLog log,
        long from,
        long end,
        CancellationToken token
    )
    {
        var rows = await db.Set<LedgerEntryRow>()
            .Where(e => e.Log == log.Id && e.Index >= from && e.Index < end)
            .OrderBy(e => e.Index)
            .Select(e => new { e.Index, e.Bytes })
            .ToListAsync(token);
        return [.. rows.Select(row => PlacedRecord.Of(row.Index!.Value, row.Bytes))];
    }

    // The times of records grow with their places, so halving finds the day among millions in some twenty looks.
    private static async Task<long> FirstAfterAsync(
        MyDataDb db,
        OpenLog log,
        long end,
        DateTimeOffset time,
        CancellationToken token
    )
    {
        var (low, high) = (0L, end);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var one = await RangeAsync(db, log, middle, middle + 1, token);
            if (one is [{ Record: { } record }] && record.Time >= time)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}
