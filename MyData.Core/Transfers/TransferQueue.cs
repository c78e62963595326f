namespace MyData.Core.Transfers;

/// <summary>
/// Which transfer is due when, and whose call is under way, in memory. The table is the truth: after a restart the runner fills this again
/// from it.
/// </summary>
public sealed class TransferQueue(TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Guid, DateTimeOffset> _due = new();
    private readonly Dictionary<CancellationTokenSource, Guid> _running = [];
    private TaskCompletionSource _changed = New();

    public void Add(Guid transferId, DateTimeOffset at)
    {
        lock (_gate)
        {
            _due.Enqueue(transferId, at);
            _changed.TrySetResult();
        }
    }

    /// <summary>A call begins: what it is broken off by.</summary>
    public CancellationTokenSource Begin(Guid transferId, CancellationToken stopping)
    {
        var call = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (_gate)
            _running[call] = transferId;
        return call;
    }

    public void End(CancellationTokenSource call)
    {
        lock (_gate)
        {
            _running.Remove(call);
            call.Dispose();
        }
    }

    /// <summary>Its transfer has ended: nobody waits for the provider any more.</summary>
    public void BreakOff(Guid transferId)
    {
        // Within the lock, so that it is not disposed meanwhile; what waits for it goes on elsewhere.
        lock (_gate)
            foreach (var (call, _) in _running.Where(one => one.Value == transferId))
                _ = call.CancelAsync();
    }

    /// <summary>Waits until a transfer is due, and takes it.</summary>
    public async Task<Guid> TakeAsync(CancellationToken token)
    {
        while (true)
        {
            TimeSpan wait;
            Task changed;
            lock (_gate)
            {
                var now = time.GetUtcNow();
                if (_due.TryPeek(out var id, out var at) && at <= now)
                {
                    _due.Dequeue();
                    return id;
                }
                // The wall clock may jump: look again at least once a minute.
                wait = _due.Count == 0 || at - now > LongestWait ? LongestWait : at - now;
                if (_changed.Task.IsCompleted)
                    _changed = New();
                changed = _changed.Task;
            }
            using var done = CancellationTokenSource.CreateLinkedTokenSource(token);
            await Task.WhenAny(changed, Task.Delay(wait, time, done.Token));
            await done.CancelAsync();
            token.ThrowIfCancellationRequested();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
