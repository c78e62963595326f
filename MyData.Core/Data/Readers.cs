using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace MyData.Core.Data;

/// <summary>Contexts to read with, lent again when they come back: to make one, and to open its connection, costs as much as most queries do.</summary>
internal sealed class Readers(IDatabaseEngine engine) : IDbContextFactory<MyDataDb>, IDisposable
{
    /// <summary>In a rush there are more; those are closed when they come back.</summary>
    private const int Kept = 64;

    // The last one back goes out first: its page cache is warm, and the others' memory stays untouched.
    private readonly ConcurrentStack<MyDataDb> _idle = new();
    private int _count;
    private volatile bool _closed;

    public MyDataDb CreateDbContext()
    {
        if (!_idle.TryPop(out var db))
            return engine.OpenReader(TakeBack);
        Interlocked.Decrement(ref _count);
        db.Lend();
        return db;
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryPop(out var db))
            db.Close();
    }

    private bool TakeBack(MyDataDb db)
    {
        // A transaction that somebody left open would hold an old view of the database for whoever comes next.
        if (_closed || db.Database.CurrentTransaction is not null || !engine.IsFresh(db))
            return false;
        if (Interlocked.Increment(ref _count) > Kept)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        db.ChangeTracker.Clear();
        _idle.Push(db);
        // Closed in the same moment: whoever takes it off the stack ends it.
        if (_closed)
            Dispose();
        return true;
    }
}
