using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// Where the tags and ids of a copy's records stand: sorted files, each at least twice as large as the one behind it, and the newest
/// records in memory. Derived from the copy and nothing else; what does not fit to it is made anew. One caller adds; readers are free.
/// </summary>
internal sealed class LookupIndex
{
    /// <summary>Rows that are kept in memory before they become a file: some five megabytes.</summary>
    public const int MostInMemory = 64 * 1024;

    private readonly string _folder;
    private readonly Lock _lock = new();
    private readonly Dictionary<LookupKey, long> _memory = [];
    private LookupRun[] _runs;
    private long _from;
    private long _covered;

    private LookupIndex(string folder, LookupRun[] runs)
    {
        (_folder, _runs) = (folder, runs);
        _covered = _from = runs is [.., var last] ? last.To : 0;
    }

    /// <summary>Records from the first one on whose keys are in it.</summary>
    public long Covered => Volatile.Read(ref _covered);

    /// <summary>Whether more is in memory than should wait for a file.</summary>
    public bool IsFull => _memory.Count >= 2 * MostInMemory;

    /// <summary>Files; for the tests.</summary>
    public int Runs => Volatile.Read(ref _runs).Length;

    /// <summary>What the folder has of this tree, the rest is thrown away.</summary>
    /// <exception cref="IOException">it cannot be read</exception>
    public static async Task<LookupIndex> OpenAsync(string folder, TileTree tree, CancellationToken token)
    {
        Directory.CreateDirectory(folder);
        var good = new List<LookupRun>();
        var other = new List<string>();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            token.ThrowIfCancellationRequested();
            var run = path.EndsWith(LookupRun.Extension, StringComparison.Ordinal) ? LookupRun.Open(path) : null;
            if (run is not null && await FitsAsync(run, good, tree, token))
                good.Add(run);
            else
                other.Add(path);
        }
        foreach (var path in other)
            File.Delete(path);
        return new LookupIndex(folder, [.. good]);
    }

    /// <summary>The keys of the next records, in their order.</summary>
    public void Add(IReadOnlyList<byte[]> entries)
    {
        var rows = new List<LookupRow>(entries.Count * 2);
        for (var at = 0; at < entries.Count; at++)
            rows.AddRange(LookupKey.Of(entries[at]).Select(key => new LookupRow(key, _covered + at)));
        lock (_lock)
        {
            // Of a key that stands twice, which none should, the first is the one.
            foreach (var row in rows)
                _memory.TryAdd(row.Key, row.Place);
        }
        Volatile.Write(ref _covered, _covered + entries.Count);
    }

    /// <summary>Makes a file of what is in memory, where it is much, and one of two files, where they are of like size.</summary>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public async Task StoreAsync(TileTree tree, CancellationToken token)
    {
        if (_memory.Count < MostInMemory)
            return;
        var (from, to) = (_from, _covered);
        var rows = _memory.Select(one => new LookupRow(one.Key, one.Value)).ToArray();
        Array.Sort(rows, LookupRow.Order);
        var root = await tree.RootAsync(0, to, token);
        var run = LookupRun.Write(_folder, from, to, root, rows.Length, rows);
        // There before it is gone from memory: a reader looks there first.
        Volatile.Write(ref _runs, [.. _runs, run]);
        lock (_lock)
            _memory.Clear();
        _from = to;
        while (_runs is [.., var older, var newer] && older.Count < 2 * newer.Count)
            Merge(older, newer);
    }

    /// <summary>The first place of a key below a size; −1 where it has none.</summary>
    /// <exception cref="IOException">a file cannot be read</exception>
    public long Find(LookupKey key, long size)
    {
        long place;
        lock (_lock)
        {
            // What moves to a file meanwhile is found in one of the two.
            if (!_memory.TryGetValue(key, out place))
                place = -1;
        }
        foreach (var run in Volatile.Read(ref _runs))
        {
            if (run.Find(key) is >= 0 and var older)
            {
                place = older;
                break;
            }
        }
        return place < size ? place : -1;
    }

    private void Merge(LookupRun older, LookupRun newer)
    {
        var count = older.Count + newer.Count;
        var run = LookupRun.Write(_folder, older.From, newer.To, newer.Root, count, Merged(older.Rows(), newer.Rows()));
        Volatile.Write(ref _runs, [.. _runs[..^2], run]);
        File.Delete(older.Path);
        File.Delete(newer.Path);
    }

    private static IEnumerable<LookupRow> Merged(IEnumerable<LookupRow> one, IEnumerable<LookupRow> other)
    {
        using var left = one.GetEnumerator();
        using var right = other.GetEnumerator();
        var (hasLeft, hasRight) = (left.MoveNext(), right.MoveNext());
        while (hasLeft || hasRight)
        {
            if (hasLeft && (!hasRight || LookupRow.Order(left.Current, right.Current) <= 0))
            {
                yield return left.Current;
                hasLeft = left.MoveNext();
            }
            else
            {
                yield return right.Current;
                hasRight = right.MoveNext();
            }
        }
    }

    /// <summary>Whether it goes on where the one before ended, and is of this very tree.</summary>
    private static async Task<bool> FitsAsync(
        LookupRun run,
        List<LookupRun> before,
        TileTree tree,
        CancellationToken token
    )
    {
        if (run.From != (before is [.., var last] ? last.To : 0) || run.To <= run.From || run.To > tree.Edge.Size)
            return false;
        var root = await tree.RootAsync(0, run.To, token);
        return root.AsSpan().SequenceEqual(run.Root);
    }
}
