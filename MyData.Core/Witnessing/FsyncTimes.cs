namespace MyData.Core.Witnessing;

/// <summary>How long the last appends took until they were durable.</summary>
internal sealed class FsyncTimes
{
    private const int Kept = 1024;
    private readonly Lock _lock = new();
    private readonly TimeSpan[] _times = new TimeSpan[Kept];
    private long _count;

    public void Add(TimeSpan took)
    {
        lock (_lock)
            _times[_count++ % Kept] = took;
    }

    /// <summary>The time that this part of them took at most; null before the first.</summary>
    /// <param name="part">such as 0.99</param>
    public TimeSpan? Within(double part)
    {
        lock (_lock)
        {
            var times = _times.AsSpan(0, (int)Math.Min(_count, Kept)).ToArray();
            if (times.Length == 0)
                return null;
            Array.Sort(times);
            return times[Math.Min((int)(part * times.Length), times.Length - 1)];
        }
    }
}
