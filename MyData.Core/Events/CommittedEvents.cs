using System.Diagnostics;

namespace MyData.Core.Events;

/// <summary>
/// Tells listeners in this process what has just become durable: live pages, the mail outbox. A listener that misses one
/// (a restart) reads the table; nothing depends on this alone.
/// </summary>
public sealed class CommittedEvents
{
    private readonly Lock _gate = new();
    private Action<Event>[] _listeners = [];

    /// <summary>Listens until the result is disposed. The listener must return at once and not throw.</summary>
    public IDisposable Listen(Action<Event> listener)
    {
        lock (_gate)
            _listeners = [.. _listeners, listener];
        return new Subscription(this, listener);
    }

    internal void Publish(IReadOnlyList<Event> events)
    {
        var listeners = Volatile.Read(ref _listeners);
        foreach (var happened in events)
        foreach (var listener in listeners)
            Tell(listener, happened);
    }

    // What is told is durable already: a listener's failure must not look like a failed write to whoever made it.
    private static void Tell(Action<Event> listener, Event happened)
    {
        try
        {
            listener(happened);
        }
        catch (Exception failure)
        {
            Trace.TraceError("A listener failed on {0}: {1}", happened.Kind, failure.GetType().Name);
        }
    }

    private sealed class Subscription(CommittedEvents owner, Action<Event> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
                owner._listeners = [.. owner._listeners.Where(l => l != listener)];
        }
    }
}
