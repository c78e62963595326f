namespace MyData.Core.Encryption;

/// <summary>Lends a framework key handle to one thread at a time, and keeps at most four idle.</summary>
internal sealed class HandlePool<T>(Func<T> create)
    where T : class, IDisposable
{
    private readonly T?[] _idle = new T?[4];

    public TResult Use<TResult>(Func<T, TResult> use)
    {
        var handle = Take() ?? create();
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
            if (failed || !Keep(handle))
                handle.Dispose();
        }
    }

    private T? Take()
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (Interlocked.Exchange(ref _idle[i], null) is { } handle)
                return handle;
        }
        return null;
    }

    private bool Keep(T handle)
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _idle[i], handle, null) is null)
                return true;
        }
        return false;
    }
}
