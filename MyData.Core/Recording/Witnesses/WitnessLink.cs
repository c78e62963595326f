using System.Collections.Concurrent;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>One witness of the policy: what is known of it, and the signal that there is something to bring.</summary>
internal sealed class WitnessLink(string name, VerifierKey key, Uri url)
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    // By log: the size that it cosigned last, in its own words.
    private readonly ConcurrentDictionary<int, long> _sizes = new();

    public string Name => name;

    public VerifierKey Key => key;

    public Uri Url => url;

    /// <summary>It speaks the standard only, and keeps no copy from us.</summary>
    public bool IsPlain { get; set; }

    public Cosigned? Last { get; private set; }

    public Failing? Error { get; private set; }

    public long? SizeOf(OpenLog log) => _sizes.TryGetValue(log.Id, out var size) ? size : null;

    public void Has(OpenLog log, long size) => _sizes[log.Id] = size;

    public void Gave(Checkpoint checkpoint, DateTimeOffset at) => (Last, Error) = (new Cosigned(checkpoint, at), null);

    /// <returns>whether it answered until now</returns>
    public bool Failed(string code, DateTimeOffset now)
    {
        // What it has may have changed; it is asked anew.
        _sizes.Clear();
        var first = Error is null;
        Error = new Failing(code, Error?.Since ?? now, Error?.IsAlarmed ?? false);
        return first;
    }

    public void Alarmed() => Error = Error! with { IsAlarmed = true };

    public void Wake()
    {
        if (_signal.CurrentCount > 0)
            return;
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it.
        }
    }

    /// <returns>false where nothing came in this time</returns>
    public Task<bool> WaitAsync(TimeSpan limit, CancellationToken token) => _signal.WaitAsync(limit, token);

    public sealed record Cosigned(Checkpoint Checkpoint, DateTimeOffset At);

    public sealed record Failing(string Code, DateTimeOffset Since, bool IsAlarmed);
}
