using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Watch;

/// <summary>One round's counts, added to what was counted before, and the alarms that come of it; written at once or not at all.</summary>
internal sealed class WatchRound
{
    /// <summary>Records that an alarm keeps as its evidence; it counts further ones.</summary>
    public const int MostEvidence = 200;

    private readonly int _log;
    private readonly WatchRules _rules;
    private readonly Dictionary<TallyKey, Counted> _counts = [];
    private readonly List<Grown> _grown = [];
    private readonly Dictionary<TallyKey, Rung> _raised = [];

    private WatchRound(int log, WatchRules rules) => (_log, _rules) = (log, rules);

    /// <summary>Alarms of this round.</summary>
    public IReadOnlyCollection<(TallyKey Key, long Count)> Raised =>
        [.. _raised.Select(one => (one.Key, one.Value.Count))];

    public static async Task<WatchRound> ReadAsync(
        IDbContextFactory<MyDataDb> databases,
        int log,
        WatchRules rules,
        IReadOnlyList<SeenRecord> seen,
        CancellationToken token
    )
    {
        var round = new WatchRound(log, rules);
        foreach (var record in seen)
        foreach (var tally in rules.Of(record))
            round.Count(tally, record);
        if (round._counts.Count == 0)
            return round;
        var subjects = round._counts.Keys.Select(key => key.Subject).Distinct().ToArray();
        var starts = round._counts.Keys.Select(key => key.Start).Distinct().ToArray();
        await using var db = await databases.CreateDbContextAsync(token);
        var before = await db.Set<WatchCount>()
            .Where(row => subjects.Contains(row.Subject) && starts.Contains(row.Start))
            .ToListAsync(token);
        foreach (var row in before)
            if (round._counts.TryGetValue(new TallyKey(row.Rule, row.Subject, row.Start), out var counted))
                counted.Before = row;
        var alarms = await db.Set<Alarm>()
            .Where(alarm => subjects.Contains(alarm.Subject) && starts.Contains(alarm.Start))
            .ToListAsync(token);
        var baselines = await BaselinesAsync(db, round, token);
        foreach (var (key, counted) in round._counts)
            round.Judge(key, counted, alarms, baselines);
        return round;
    }

    /// <summary>A record of before this round: evidence, where it belongs to a new alarm.</summary>
    public void AddEarlier(SeenRecord record)
    {
        foreach (var tally in _rules.Of(record))
            if (tally.Amount > 0 && _raised.TryGetValue(tally.Key, out var raised) && raised.Places.Add(record.Index))
                raised.First = record.At < raised.First ? record.At : raised.First;
    }

    /// <returns>false where another process has come further, and nothing was written</returns>
    public bool Write(WriteScope scope, WatchCursor cursor, WatchCursor next)
    {
        scope.Bookkeeping();
        if (!Advance(scope, cursor, next))
            return false;
        foreach (var (key, counted) in _counts)
            Add(scope, key, counted);
        foreach (var (key, rung) in _raised)
            Raise(scope, key, rung);
        foreach (var grown in _grown)
            Grow(scope, grown);
        return true;
    }

    private void Count(Tally tally, SeenRecord record)
    {
        if (!_counts.TryGetValue(tally.Key, out var counted))
            _counts.Add(tally.Key, counted = new Counted());
        counted.Count += tally.Amount;
        counted.OutOf += tally.OutOf;
        if (tally.Amount == 0)
            return;
        counted.Places.Add(record.Index);
        counted.First = record.At < counted.First ? record.At : counted.First;
        counted.Last = record.At > counted.Last ? record.At : counted.Last;
    }

    private void Judge(
        TallyKey key,
        Counted counted,
        IReadOnlyList<Alarm> alarms,
        Dictionary<string, Baseline> baselines
    )
    {
        if (counted.Places.Count == 0)
            return;
        var same = alarms.Where(a => a.Code == key.Code && a.Subject == key.Subject && a.Start == key.Start).ToList();
        // What was closed is dealt with: only what came since counts again.
        var settled = same.Where(alarm => alarm.ClosedAt is not null).Sum(alarm => alarm.Count);
        var count = (counted.Before?.Count ?? 0) + counted.Count - settled;
        var open = same.Find(alarm => alarm.ClosedAt is null);
        var baseline = baselines.TryGetValue(key.Subject, out var known) ? known : (Baseline?)null;
        var outOf = (counted.Before?.OutOf ?? 0) + counted.OutOf - settled;
        if (!_rules.Rings(key, count, outOf, baseline))
            return;
        if (open is not null)
        {
            _grown.Add(new Grown(open.Id, AlarmCodes.IsUrgent(key.Code), count, counted.Last, counted.Places));
            return;
        }
        _raised.Add(key, new Rung(count, counted.First, counted.Last, [.. counted.Places]));
    }

    private void Raise(WriteScope scope, TallyKey key, Rung rung)
    {
        var alarm = new Alarm
        {
            Id = Ids.New(),
            Code = key.Code,
            Subject = key.Subject,
            Start = key.Start,
            RaisedAt = scope.Now,
            Count = rung.Count,
            FirstAt = rung.First,
            LastAt = rung.Last,
            MailAt = scope.Now,
        };
        scope.Db.Add(alarm);
        // The newest: they are what rang.
        AddPlaces(scope, alarm.Id, rung.Places.TakeLast(MostEvidence));
        scope.Raise(
            new Event
            {
                Kind = EventKinds.AlarmRaised,
                Actor = "platform",
                Details = JsonSerializer.Serialize(new { why = alarm.Code, alarm = alarm.Id }),
            }
        );
    }

    // A subject's busiest hour before this one, and how long it has been known.
    private static async Task<Dictionary<string, Baseline>> BaselinesAsync(
        MyDataDb db,
        WatchRound round,
        CancellationToken token
    )
    {
        var volumes = round._counts.Keys.Where(key => key.Code == AlarmCodes.Volume).ToList();
        if (volumes.Count == 0)
            return [];
        var subjects = volumes.Select(key => key.Subject).Distinct().ToArray();
        var from = volumes.Min(key => key.Start) - WatchRules.History;
        var before = volumes.Min(key => key.Start);
        var hours = await db.Set<WatchCount>()
            .Where(row => row.Rule == AlarmCodes.Volume && subjects.Contains(row.Subject))
            .Where(row => row.Start >= from && row.Start < before)
            .GroupBy(row => row.Subject)
            .Select(group => new
            {
                Subject = group.Key,
                Busiest = group.Max(row => row.Count),
                Since = group.Min(row => row.Start),
            })
            .ToListAsync(token);
        return hours.ToDictionary(hour => hour.Subject, hour => new Baseline(hour.Busiest, hour.Since));
    }

    private static bool Advance(WriteScope scope, WatchCursor cursor, WatchCursor next)
    {
        var rows = scope.Db.Set<WatchCursor>().Where(row => row.Log == next.Log);
        if (!rows.Any())
        {
            scope.Db.Add(next);
            return true;
        }
        return rows.Where(row => row.Next == cursor.Next)
                .ExecuteUpdate(set =>
                    set.SetProperty(row => row.Next, next.Next).SetProperty(row => row.Clock, next.Clock)
                ) == 1;
    }

    private static void Add(WriteScope scope, TallyKey key, Counted counted)
    {
        var changed = scope
            .Db.Set<WatchCount>()
            .Where(row => row.Rule == key.Code && row.Subject == key.Subject && row.Start == key.Start)
            .ExecuteUpdate(set =>
                set.SetProperty(row => row.Count, row => row.Count + counted.Count)
                    .SetProperty(row => row.OutOf, row => row.OutOf + counted.OutOf)
            );
        if (changed == 0)
            scope.Db.Add(
                new WatchCount
                {
                    Rule = key.Code,
                    Subject = key.Subject,
                    Start = key.Start,
                    Count = counted.Count,
                    OutOf = counted.OutOf,
                }
            );
    }

    // What somebody has seen is news again, and is mailed again where it is urgent.
    private void Grow(WriteScope scope, Grown grown)
    {
        var mailAt = grown.IsUrgent ? scope.Now : (DateTimeOffset?)null;
        var open = scope.Db.Set<Alarm>().Where(alarm => alarm.Id == grown.Alarm && alarm.ClosedAt == null);
        open.Where(alarm => alarm.SeenAt != null)
            .ExecuteUpdate(set =>
                set.SetProperty(alarm => alarm.SeenAt, (DateTimeOffset?)null)
                    .SetProperty(alarm => alarm.SeenBy, (Guid?)null)
                    .SetProperty(alarm => alarm.MailAt, mailAt)
                    .SetProperty(alarm => alarm.MailTries, 0)
            );
        open.ExecuteUpdate(set =>
            set.SetProperty(alarm => alarm.Count, grown.Count).SetProperty(alarm => alarm.LastAt, grown.Last)
        );
        var kept = scope.Db.Set<AlarmRecord>().Count(record => record.Alarm == grown.Alarm);
        AddPlaces(scope, grown.Alarm, grown.Places.Take(Math.Max(0, MostEvidence - kept)));
    }

    private void AddPlaces(WriteScope scope, Guid alarm, IEnumerable<long> places) =>
        scope.Db.AddRange(
            places.Select(place => new AlarmRecord
            {
                Alarm = alarm,
                Log = _log,
                Index = place,
            })
        );

    private sealed class Counted
    {
        public WatchCount? Before { get; set; }
        public long Count { get; set; }
        public long OutOf { get; set; }
        public DateTimeOffset First { get; set; } = DateTimeOffset.MaxValue;
        public DateTimeOffset Last { get; set; } = DateTimeOffset.MinValue;
        public List<long> Places { get; } = [];
    }

    private sealed class Rung(long count, DateTimeOffset first, DateTimeOffset last, SortedSet<long> places)
    {
        public long Count { get; } = count;
        public DateTimeOffset First { get; set; } = first;
        public DateTimeOffset Last { get; } = last;
        public SortedSet<long> Places { get; } = places;
    }

    private sealed record Grown(Guid Alarm, bool IsUrgent, long Count, DateTimeOffset Last, IReadOnlyList<long> Places);
}
