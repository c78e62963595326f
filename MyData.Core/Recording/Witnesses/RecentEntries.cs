namespace MyData.Core.Recording;

/// <summary>The newest entries in memory, so that witnesses that keep up need no rows. One thread adds.</summary>
internal sealed class RecentEntries
{
    private const int MostEntries = 4096;
    private const int MostBytes = 8 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _entries = [];
    private long _first;
    private int _bytes;

    /// <param name="first">the place of the first of these</param>
    public void Add(long first, IReadOnlyList<byte[]> entries)
    {
        lock (_lock)
        {
            if (first != _first + _entries.Count)
            {
                _entries.Clear();
                (_first, _bytes) = (first, 0);
            }
            foreach (var entry in entries)
            {
                _entries.Enqueue(entry);
                _bytes += entry.Length;
            }
            while (_entries.Count > MostEntries || _bytes > MostBytes)
            {
                _bytes -= _entries.Dequeue().Length;
                _first++;
            }
        }
    }

    /// <summary>Those from one place to before another; null where some are no longer here.</summary>
    public IReadOnlyList<byte[]>? Find(long from, long to)
    {
        lock (_lock)
        {
            return from < _first || to > _first + _entries.Count
                ? null
                : [.. _entries.Skip((int)(from - _first)).Take((int)(to - from))];
        }
    }
}
