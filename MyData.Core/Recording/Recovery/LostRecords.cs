using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Puts records that were signed, and that the database lacks, back in their places: each with the hash that the signed root gives it, its
/// tags, and the counters of those whose tags they are. A step is one transaction and leaves a log that is whole; a start that was cut off
/// goes on from there.
/// </summary>
internal sealed class LostRecords(
    OwnTags owners,
    ClientKeys keys,
    IEnumerable<IRestoredFollower> followers,
    LedgerIncidents incidents,
    IWriter writer,
    IDbContextFactory<MyDataDb> databases
)
{
    /// <summary>Bundles of one transaction.</summary>
    private const int Step = 64;

    /// <summary>What the event of a record that came back has in place of its details.</summary>
    public const string Details = """{"restored":true}""";

    /// <summary>The tree that is to come back, of which the database has the beginning.</summary>
    /// <exception cref="LedgerException">
    /// <c>ledger.rollback</c> (nobody has what was signed), <c>ledger.fork</c> (the database, or somebody else, has another tree)
    /// </exception>
    public async Task<RootedLog> FindAsync(LogLook look, CancellationToken token)
    {
        var target = look.Ahead!.Shown!.Checkpoint;
        var tree =
            await RootedLog.FindAsync(target, look.Sources, token)
            ?? throw new LedgerException(
                "ledger.rollback",
                $"{target.Size} records were published, and the database has {look.Size}: it is an older copy, and nobody who answers has the rest."
            );
        try
        {
            if (look.Root is not null)
                await DemandAsync(look.Size, look.Root, "The database");
            foreach (var place in look.Places)
                if (place.Shown is { Checkpoint: var other })
                    await DemandAsync(other.Size, other.Root, place.Name);
            for (var bundle = look.Size / Tile.FullWidth; bundle * Tile.FullWidth < target.Size; bundle++)
                _ = await tree.EntriesAsync(bundle, token);
        }
        catch (LedgerException missing) when (missing.Code is "tile.missing" or "bundle.missing")
        {
            throw new LedgerException("ledger.rollback", missing.Message, missing);
        }
        return tree;

        async Task DemandAsync(long size, ReadOnlyMemory<byte> root, string who)
        {
            if (!(await tree.RootAsync(size, token)).AsSpan().SequenceEqual(root.Span))
                throw new LedgerException(
                    "ledger.fork",
                    $"{who} has another tree of {size} records than the one of {target.Size} that was signed."
                );
        }
    }

    public async Task BringAsync(LogLook look, RootedLog tree, CancellationToken token)
    {
        var log = look.Row?.Id ?? await BeginAsync(look, token);
        var (at, entries) = (look.Size, new List<byte[]>());
        var unrecorded = await UnrecordedAsync(token);
        for (var bundle = at / Tile.FullWidth; bundle * Tile.FullWidth < tree.Size; bundle++)
        {
            var all = (await tree.EntriesAsync(bundle, token)).Entries;
            entries.AddRange(all.Skip((int)Math.Max(at - bundle * Tile.FullWidth, 0)));
            if (bundle % Step != Step - 1 && (bundle + 1) * Tile.FullWidth < tree.Size)
                continue;
            await StepAsync(look, log, at, entries, unrecorded, tree, token);
            at += entries.Count;
            entries.Clear();
        }
        await keys.ReloadAsync(token);
    }

    private Task<int> BeginAsync(LogLook look, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var key = look.Signer.Verifier;
                var row = new LedgerLogRow
                {
                    Year = look.Year,
                    Origin = key.Name,
                    Key = key.ToString(),
                };
                scope.Db.Add(row);
                scope.Flush();
                return row.Id;
            },
            token
        );

    private async Task StepAsync(
        LogLook look,
        int log,
        long first,
        IReadOnlyList<byte[]> entries,
        Unrecorded unrecorded,
        RootedLog tree,
        CancellationToken token
    )
    {
        var records = entries.Select(entry => LedgerRecord.Parse(entry)).ToList();
        var owned = await owners.FindAsync(log, look.Signer.Verifier.Name, look.Year, records, token);
        var (size, last) = (first + entries.Count, first + entries.Count == tree.Size);
        var checkpoint = new LedgerCheckpointRow
        {
            Log = log,
            Size = size,
            Root = await tree.RootAsync(size, token),
            Note = last ? look.Ahead!.Shown!.Note.ToBytes() : null,
        };
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                // Where only the newest roots are gone, the records stand there still.
                var there = scope
                    .Db.Set<LedgerEntryRow>()
                    .Where(e => e.Log == log && e.Index >= first)
                    .Select(e => e.Id)
                    .ToHashSet();
                var events = Events(records, there, owned, unrecorded);
                scope.Db.AddRange(events.Values.Where(happened => happened.Id == 0));
                scope.Flush();
                for (var at = 0; at < records.Count; at++)
                    if (!there.Contains(records[at].Id))
                        Add(scope.Db, log, first + at, entries[at], records[at], events.GetValueOrDefault(at)?.Id);
                var missed = records
                    .Where(record => record.Via == EventRecord.Platform && !there.Contains(record.Id))
                    .ToList();
                foreach (var follower in followers)
                    follower.Follow(scope, missed);
                foreach (var (person, next) in owned.Next)
                    Raise(scope.Db, person, log, next);
                scope.Db.Add(checkpoint);
                if (last)
                    incidents.Add(scope, Recovered(look, tree.Size));
                scope.Flush();
                scope.Db.ChangeTracker.Clear();
            },
            token
        );
    }

    /// <summary>
    /// The event of each record of the platform's: the one that is there, where only the log's rows are gone; else a line of her history, as
    /// far as the record tells, where it is about somebody with an account.
    /// </summary>
    private static Dictionary<int, Event> Events(
        IReadOnlyList<LedgerRecord> records,
        HashSet<Guid> there,
        OwnedTags owned,
        Unrecorded unrecorded
    )
    {
        var events = new Dictionary<int, Event>();
        for (var at = 0; at < records.Count; at++)
        {
            var record = records[at];
            if (record.Via != EventRecord.Platform || there.Contains(record.Id))
                continue;
            if (unrecorded.Take(record) is { } known)
                events[at] = known;
            else if (record.Tags is [var tag] && owned.AccountOf(tag) is { } citizen)
                events[at] = new Event
                {
                    At = record.Time,
                    Kind = record.Operation,
                    Code = record.Result,
                    Actor = "platform",
                    CitizenId = citizen,
                    DataSetId = EventRecord.DataSetOf(record),
                    Purpose = record.Reason == EventRecord.Operation ? null : record.Reason,
                    Details = Details,
                };
        }
        return events;
    }

    /// <summary>Events behind the last that has a record: none, but where somebody took the log's rows away.</summary>
    private async Task<Unrecorded> UnrecordedAsync(CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var last = await db.Set<LedgerEntryRow>().MaxAsync(e => e.EventId, token) ?? 0;
        return new Unrecorded(await db.Set<Event>().Where(e => e.Id > last).OrderBy(e => e.Id).ToListAsync(token));
    }

    private static void Add(MyDataDb db, int log, long index, byte[] entry, LedgerRecord record, long? eventId)
    {
        db.Add(
            new LedgerEntryRow
            {
                Id = record.Id,
                Log = log,
                Index = index,
                Bytes = entry,
                EventId = eventId,
            }
        );
        foreach (var tag in record.Tags)
            db.Add(new LedgerTagRow { Tag = tag, Entry = record.Id });
    }

    private static void Raise(MyDataDb db, Guid person, int log, long next)
    {
        var raised = db.Set<LedgerCounterRow>()
            .Where(c => c.CitizenId == person && c.Log == log && c.Next < next)
            .ExecuteUpdate(set => set.SetProperty(c => c.Next, next));
        if (raised == 0 && !db.Set<LedgerCounterRow>().Any(c => c.CitizenId == person && c.Log == log))
            db.Add(
                new LedgerCounterRow
                {
                    CitizenId = person,
                    Log = log,
                    Next = next,
                }
            );
    }

    private static Incident Recovered(LogLook look, long size) =>
        new(
            LedgerIncidents.Recovered,
            $"{size - look.Size} records, {look.Size} to {size - 1}, came back; what else was written with them did not. Everybody is signed out; keys, passkeys and staff that these records ended have ended."
        )
        {
            Witness = look.Ahead!.Name == LogRecovery.Own ? null : look.Ahead.Name,
            Ours = look.Root is { } root
                ? Encoding.UTF8.GetBytes(
                    $"{look.Signer.Verifier.Name}\n{LogText.Decimal(look.Size)}\n{Convert.ToBase64String(root)}\n"
                )
                : null,
            Theirs = look.Ahead.Shown!.Note.ToBytes(),
        };

    private sealed class Unrecorded(IEnumerable<Event> events)
    {
        private readonly Dictionary<(DateTimeOffset, string, string), Queue<Event>> _events = events
            .GroupBy(e => (e.At, e.Kind, e.Code))
            .ToDictionary(same => same.Key, same => new Queue<Event>(same));

        public Event? Take(LedgerRecord record) =>
            _events.TryGetValue((record.Time, record.Operation, record.Result), out var same)
            && same.TryDequeue(out var one)
                ? one
                : null;
    }
}
