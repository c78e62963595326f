using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MyData.Core.Data;

/// <summary>
/// Contexts to read with, each on a connection of its own that stays open: Entity Framework's own pool closes it after each
/// operation, and to open it again (pragmas, functions) costs as much as most queries do.
/// </summary>
internal sealed class SqliteReaders(DatabaseSettings settings) : IDbContextFactory<MyDataDb>, IDisposable
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
            return Open();
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

    private MyDataDb Open()
    {
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            SqlitePragmas.Apply(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        var options = new DbContextOptionsBuilder<MyDataDb>()
            .UseSqlite(connection, contextOwnsConnection: true)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .Options;
        return new MyDataDb(options, TakeBack);
    }

    private bool TakeBack(MyDataDb db)
    {
        // A transaction that somebody left open would hold an old view of the database for whoever comes next.
        if (_closed || db.Database.CurrentTransaction is not null)
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
