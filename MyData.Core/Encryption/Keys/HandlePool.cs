using System.Collections.Concurrent;

namespace MyData.Core.Encryption;

/// <summary>Lends a framework key handle to one thread at a time, and keeps at most four idle.</summary>
internal sealed class HandlePool<T>(Func<T> create)
    where T : class, IDisposable
{
    private readonly ConcurrentBag<T> _idle = [];

    public TResult Use<TResult>(Func<T, TResult> use)
    {
        if (!_idle.TryTake(out var handle))
            handle = create();
        var failed = true;
        try
        {
            var result = use(handle);
            failed = false;
            return result;
        }
        finally
        {
            // A handle that threw may be half way through an operation, so it is not lent again.
            if (failed || _idle.Count >= 4)
                handle.Dispose();
            else
                _idle.Add(handle);
        }
    }
}
