using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Catalog;

/// <summary>What the last answers for one data set took; null until there are enough to speak of.</summary>
public sealed record DataSetTiming(double? MedianSeconds, double? P90Seconds, int Samples, int Failures);

/// <summary>
/// The last fifty answers for each data set. Kept in memory and stored every half minute and at shutdown: a crash loses
/// half a minute of samples, and no promise rests on one.
/// </summary>
public sealed class ProviderTimings(IWriter writer, IDbContextFactory<MyDataDb> databases)
{
    private const int Kept = 50;
    private const int EnoughSamples = 5;
    private readonly ConcurrentDictionary<string, Ring> _rings = new(StringComparer.Ordinal);

    /// <summary>Takes one sample: how long the citizen waited for an answer, and whether it was one.</summary>
    public void Add(string dataSetId, TimeSpan took, bool ok)
    {
        var milliseconds = (int)Math.Clamp(took.TotalMilliseconds, 1, int.MaxValue);
        _rings.GetOrAdd(dataSetId, _ => new Ring()).Add(ok ? milliseconds : -milliseconds);
    }

    public DataSetTiming Of(string dataSetId) =>
        _rings.TryGetValue(dataSetId, out var ring) ? Measure(ring.Read()) : new DataSetTiming(null, null, 0, 0);

    /// <summary>Reads what was stored before; samples that came in meanwhile stay behind it.</summary>
    public async Task LoadAsync(CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        foreach (var row in await db.Set<DataSetTimingRow>().ToListAsync(token))
            _rings.GetOrAdd(row.DataSetId, _ => new Ring()).Before(Parse(row.Samples));
    }

    /// <summary>Stores the data sets that got samples since the last time.</summary>
    public async Task SaveAsync(CancellationToken token = default)
    {
        var fresh = _rings
            .Where(pair => pair.Value.TakeFresh())
            .Select(pair => (Id: pair.Key, Samples: string.Join(' ', pair.Value.Read())))
            .ToList();
        if (fresh.Count == 0)
            return;
        void Save(WriteScope scope)
        {
            scope.Bookkeeping();
            foreach (var (id, samples) in fresh)
            {
                if (scope.Db.Find<DataSetTimingRow>(id) is { } row)
                    row.Samples = samples;
                else
                    scope.Db.Add(new DataSetTimingRow { DataSetId = id, Samples = samples });
            }
        }
        await writer.WriteAsync(Save, token);
    }

    private static DataSetTiming Measure(IReadOnlyList<int> samples)
    {
        var good = samples.Where(sample => sample > 0).Order().ToList();
        var failures = samples.Count - good.Count;
        return good.Count < EnoughSamples
            ? new DataSetTiming(null, null, samples.Count, failures)
            : new DataSetTiming(Rank(good, 0.5), Rank(good, 0.9), samples.Count, failures);
    }

    // Nearest rank: an answer that somebody really waited for, in seconds.
    private static double Rank(List<int> sorted, double part) =>
        sorted[(int)Math.Ceiling(part * sorted.Count) - 1] / 1000.0;

    private static IEnumerable<int> Parse(string samples) =>
        samples
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(sample => int.Parse(sample, CultureInfo.InvariantCulture));

    private sealed class Ring
    {
        private readonly Lock _gate = new();
        private List<int> _samples = [];
        private bool _fresh;

        public void Add(int sample)
        {
            lock (_gate)
            {
                _samples = [.. _samples.TakeLast(Kept - 1), sample];
                _fresh = true;
            }
        }

        public void Before(IEnumerable<int> earlier)
        {
            lock (_gate)
                _samples = [.. earlier.Concat(_samples).TakeLast(Kept)];
        }

        public IReadOnlyList<int> Read()
        {
            lock (_gate)
                return _samples;
        }

        public bool TakeFresh()
        {
            lock (_gate)
                return Interlocked.Exchange(ref _fresh, false);
        }
    }
}
