namespace MyData.Tests.Support;

/// <summary>
/// A clock that stands still until a test moves it; its timers fire while it is moved, in order. Over a long way a
/// timer of a short period rings twenty times, as one of a machine that slept would miss its ticks too.
/// </summary>
public sealed class ManualTime(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Alarm> _alarms = [];
    private TaskCompletionSource? _waited;
    private DateTimeOffset _now = start ?? new(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(8));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now.ToUniversalTime();
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Ends when something waits for this clock once, as a delay does; a loop's ticks do not count.</summary>
    public Task WaitedForAsync()
    {
        lock (_gate)
        {
            if (_alarms.Exists(alarm => alarm.Period <= TimeSpan.Zero))
                return Task.CompletedTask;
            _waited ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waited.Task;
        }
    }

    /// <summary>The same for what ends within this time: what waits for tomorrow, such as a late report, does not count either.</summary>
    public async Task WaitedForAsync(TimeSpan within)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_alarms.Exists(alarm => alarm.Period <= TimeSpan.Zero && alarm.Due <= _now + within))
                    return;
                _waited ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                next = _waited.Task;
            }
            await next;
        }
    }

    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (NextBefore(end) is { } alarm)
            alarm.Ring();
        lock (_gate)
            _now = end;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    private Alarm? NextBefore(DateTimeOffset end)
    {
        lock (_gate)
        {
            var next = _alarms.Where(a => a.Due <= end).MinBy(a => a.Due);
            if (next is null)
                return null;
            _now = next.Due > _now ? next.Due : _now;
            if (next.Period > TimeSpan.Zero)
                next.Due += next.Period * Math.Max(1, (int)((end - next.Due) / next.Period / 20));
            else
                _alarms.Remove(next);
            return next;
        }
    }

    private sealed class Alarm(ManualTime owner, Action ring) : ITimer
    {
        public DateTimeOffset Due { get; set; }
        public TimeSpan Period { get; private set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._alarms.Remove(this);
                Period = period;
                if (dueTime < TimeSpan.Zero)
                    return true;
                Due = owner._now + dueTime;
                owner._alarms.Add(this);
                if (period <= TimeSpan.Zero)
                {
                    owner._waited?.SetResult();
                    owner._waited = null;
                }
            }
            if (dueTime == TimeSpan.Zero)
                ThreadPool.QueueUserWorkItem(_ => owner.Advance(TimeSpan.Zero));
            return true;
        }

        public void Dispose()
        {
            lock (owner._gate)
                owner._alarms.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
