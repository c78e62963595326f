namespace MyData.Core.Counter;

/// <summary>
/// Wakes who waits for a ticket's next step. Only in this process: on several nodes, or where a ring was missed, the waiting one looks
/// again after <see cref="NextLook"/>.
/// </summary>
public sealed class TicketBell(TimeProvider time)
{
    /// <summary>How long an answer is held back at most while nothing happens.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan NextLook = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Rope> _ropes = [];

    /// <summary>Tickets that somebody waits for now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _ropes.Count;
        }
    }

    public void Ring(Guid ticketId)
    {
        lock (_gate)
            _ropes.GetValueOrDefault(ticketId)?.Pull();
    }

    /// <summary>Looks until the answer is another one than was seen, or until it has waited long enough.</summary>
    /// <param name="look">null: there is nothing to wait for</param>
    public async Task<T?> NextAsync<T>(Guid ticketId, Func<Task<T?>> look, Func<T, bool> isNew, CancellationToken token)
        where T : class
    {
        // Most have nothing to wait for; an id that somebody made up leaves nothing behind.
        var first = await look();
        if (first is null || isNew(first))
            return first;
        var start = time.GetTimestamp();
        var rope = Hold(ticketId);
        try
        {
            while (true)
            {
                // Before the look: what happens during it rings for us.
                var ring = rope.Next;
                var found = await look();
                if (found is null || isNew(found) || time.GetElapsedTime(start) >= Longest)
                    return found;
                try
                {
                    await ring.WaitAsync(NextLook, time, token);
                }
                catch (TimeoutException) { }
            }
        }
        finally
        {
            LetGo(ticketId, rope);
        }
    }

    private Rope Hold(Guid ticketId)
    {
        lock (_gate)
        {
            if (!_ropes.TryGetValue(ticketId, out var rope))
                _ropes[ticketId] = rope = new Rope();
            rope.Hands++;
            return rope;
        }
    }

    private void LetGo(Guid ticketId, Rope rope)
    {
        lock (_gate)
            if (--rope.Hands == 0)
                _ropes.Remove(ticketId);
    }

    private sealed class Rope
    {
        private volatile TaskCompletionSource _next = New();

        public int Hands { get; set; }

        public Task Next => _next.Task;

        public void Pull()
        {
            var pulled = _next;
            _next = New();
            pulled.TrySetResult();
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
