using System.Diagnostics.Metrics;

namespace MyData.Web.Features.LedgerApi;

/// <summary>How long answers took, of all of one second or of several.</summary>
/// <param name="Half">half of them took no longer</param>
/// <param name="Most">99 in a hundred took no longer</param>
public readonly record struct AnswerTime(long Count, TimeSpan Half, TimeSpan Most);

/// <summary>
/// Answer times of the last minute, by the framework's own measurement (<c>http.server.request.duration</c>): from the first byte of the
/// request to the last of the answer. In memory, and nobody's: neither address nor person. Live connections are left out.
/// </summary>
public sealed class AnswerTimes : IDisposable
{
    public const int Seconds = 60;

    // Each class of times is a tenth wider than the one before: 0.1 ms to half a minute and more.
    private const double Shortest = 0.000_1;
    private const double Step = 1.1;
    private const int Classes = 136;
    private readonly Lock _gate = new();
    private readonly int[][] _counts = [.. Enumerable.Range(0, Seconds).Select(_ => new int[Classes])];
    private readonly long[] _second = new long[Seconds];
    private readonly TimeProvider _time;
    private readonly MeterListener _listener = new();
    private long _all;

    public AnswerTimes(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Several portals in one process, as in tests, have a factory each.
            if (instrument.Name == "http.server.request.duration" && ReferenceEquals(instrument.Meter.Scope, meters))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(OnMeasured);
        _listener.Start();
    }

    /// <summary>Answers since the process began.</summary>
    public long All => Interlocked.Read(ref _all);

    /// <summary>Of the last minute together.</summary>
    public AnswerTime Minute
    {
        get
        {
            var now = Now();
            lock (_gate)
                return Of([.. Enumerable.Range(0, Seconds).Where(at => now - _second[at] < Seconds)]);
        }
    }

    /// <summary>Of each of the last sixty seconds, the newest last.</summary>
    public IReadOnlyList<AnswerTime> Each
    {
        get
        {
            var now = Now();
            lock (_gate)
                return
                [
                    .. Enumerable
                        .Range(0, Seconds)
                        .Select(ago => now - (Seconds - 1) + ago)
                        .Select(second =>
                            _second[second % Seconds] == second ? Of([(int)(second % Seconds)]) : default
                        ),
                ];
        }
    }

    public void Dispose() => _listener.Dispose();

    internal void Add(TimeSpan took)
    {
        Interlocked.Increment(ref _all);
        var kind = (int)Math.Ceiling(Math.Log(Math.Max(took.TotalSeconds, Shortest) / Shortest, Step));
        var now = Now();
        lock (_gate)
        {
            var at = (int)(now % Seconds);
            if (_second[at] != now)
            {
                Array.Clear(_counts[at]);
                _second[at] = now;
            }
            _counts[at][Math.Min(kind, Classes - 1)]++;
        }
    }

    private void OnMeasured(
        Instrument instrument,
        double seconds,
        ReadOnlySpan<KeyValuePair<string, object?>> tags,
        object? state
    )
    {
        foreach (var tag in tags)
            if (tag is { Key: "http.route", Value: string route })
            {
                if (!IsHeldOpen(route))
                    Add(TimeSpan.FromSeconds(seconds));
                return;
            }
    }

    // A circuit lasts as long as somebody reads; our own endpoints that are held open are not measured (DisableHttpMetrics).
    private static bool IsHeldOpen(string route) => route.Contains("_blazor", StringComparison.Ordinal);

    private long Now() => _time.GetUtcNow().ToUnixTimeSeconds();

    private AnswerTime Of(IReadOnlyList<int> seconds)
    {
        Span<long> sums = stackalloc long[Classes];
        long count = 0;
        foreach (var second in seconds)
            for (var kind = 0; kind < Classes; kind++)
            {
                sums[kind] += _counts[second][kind];
                count += _counts[second][kind];
            }
        return count == 0
            ? default
            : new AnswerTime(count, Below(sums, (count + 1) / 2), Below(sums, count - count / 100));
    }

    // The upper end of the class that this answer is in.
    private static TimeSpan Below(ReadOnlySpan<long> sums, long rank)
    {
        var kind = 0;
        for (long seen = 0; kind < Classes - 1 && (seen += sums[kind]) < rank; kind++) { }
        return TimeSpan.FromSeconds(Shortest * Math.Pow(Step, kind));
    }
}
