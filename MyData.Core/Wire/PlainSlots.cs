using System.Collections.Concurrent;

namespace MyData.Core.Wire;

/// <summary>
/// How many plain packages stand in memory at once: so many of one provider, so many in all. Whoever waits holds nothing
/// that another provider could use.
/// </summary>
internal sealed class PlainSlots(int perProvider, int inAll) : IDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _own = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _all = new(inAll);

    /// <summary>Waits for a slot; disposing the result gives it back.</summary>
    public async Task<IDisposable> TakeAsync(string provider, CancellationToken token)
    {
        var own = _own.GetOrAdd(provider, _ => new SemaphoreSlim(perProvider));
        await own.WaitAsync(token);
        try
        {
            await _all.WaitAsync(token);
        }
        catch
        {
            own.Release();
            throw;
        }
        return new Slot(own, _all);
    }

    public void Dispose()
    {
        _all.Dispose();
        foreach (var own in _own.Values)
            own.Dispose();
    }

    private sealed class Slot(SemaphoreSlim own, SemaphoreSlim all) : IDisposable
    {
        public void Dispose()
        {
            all.Release();
            own.Release();
        }
    }
}
