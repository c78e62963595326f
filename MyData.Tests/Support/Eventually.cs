using MyData.Core.Events;

namespace MyData.Tests.Support;

/// <summary>Waits for what the portal does in its own time: looks again whenever something became durable, never longer than the limit.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // Bookkeeping raises no event; then the look after this bound finds it.
    private static readonly TimeSpan NextLook = TimeSpan.FromMilliseconds(200);

    // Another process tells nobody.
    private static readonly TimeSpan NextLookAtProcess = TimeSpan.FromMilliseconds(30);

    /// <summary>The first result of <paramref name="look"/> that is not null.</summary>
    public static async Task<T> GetAsync<T>(CommittedEvents events, string what, Func<Task<T?>> look)
        where T : class
    {
        using var signal = new SemaphoreSlim(0);
        using var listening = events.Listen(_ => signal.Release());
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await look() is { } found)
                return found;
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
                throw new Xunit.Sdk.XunitException($"Not within {Limit.TotalSeconds} s: {what}");
            await signal.WaitAsync(NextLook);
        }
    }

    /// <summary>The same of a process of its own.</summary>
    public static async Task HoldsAsync(string what, Func<Task<bool>> look)
    {
        using var never = new SemaphoreSlim(0);
        var start = TimeProvider.System.GetTimestamp();
        while (!await look())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
                throw new Xunit.Sdk.XunitException($"Not within {Limit.TotalSeconds} s: {what}");
            await never.WaitAsync(NextLookAtProcess);
        }
    }

    public static Task HoldsAsync(CommittedEvents events, string what, Func<Task<bool>> look) =>
        GetAsync<object>(events, what, async () => await look() ? new object() : null);
}
