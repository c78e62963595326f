using MyData.Core.Data;

namespace MyData.Core.Recording;

/// <summary>How fast the log grows: a look each second, kept for a minute, and told to whoever looks on.</summary>
public sealed class LedgerPulse(OpenLogs logs, TimeProvider time) : BackgroundLoop
{
    public const int Seconds = 60;
    private readonly Lock _gate = new();
    private readonly Queue<int> _last = new(Enumerable.Repeat(0, Seconds));
    private Action[] _listeners = [];
    private long _size = -1;

    /// <summary>Records of each of the last sixty seconds, the newest last.</summary>
    public IReadOnlyList<int> Rates
    {
        get
        {
            lock (_gate)
                return [.. _last];
        }
    }

    /// <summary>Listens, each second, until the result is disposed. The listener must return at once and not throw.</summary>
    public IDisposable Listen(Action listener)
    {
        lock (_gate)
            _listeners = [.. _listeners, listener];
        return new Subscription(this, listener);
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            Look();
            foreach (var listener in Volatile.Read(ref _listeners))
                listener();
        }
    }

    private void Look()
    {
        var size = logs.All.Sum(log => log.Proven?.Checkpoint.Size ?? 0);
        lock (_gate)
        {
            _last.Dequeue();
            // The first look finds a whole log, which did not come in one second.
            _last.Enqueue(_size < 0 ? 0 : (int)Math.Clamp(size - _size, 0, int.MaxValue));
            _size = size;
        }
    }

    private sealed class Subscription(LedgerPulse owner, Action listener) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
                owner._listeners = [.. owner._listeners.Where(l => l != listener)];
        }
    }
}
