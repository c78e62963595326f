using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MyData.Core.Data;

/// <summary>
/// One file, for one machine and one process. Readers keep their connections open: to open one again (pragmas, functions) costs as much as
/// most queries do.
/// </summary>
internal sealed class SqliteEngine : IDatabaseEngine, IDisposable
{
    /// <summary>Seconds that a write waits for a stranger who holds the database; the library's own are 30.</summary>
    private const int Patience = 5;
    private readonly DatabaseSettings _settings;
    private readonly TimeProvider _time;
    private readonly SqliteConnection _writer;
    private readonly KeptStatements _statements = new(most: 1000);
    private DatabaseLock? _lock;

    public SqliteEngine(DatabaseSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _writer = new SqliteConnection(settings.ConnectionString) { DefaultTimeout = Patience };
        WritingDb = new MyDataDb(
            new DbContextOptionsBuilder<MyDataDb>().UseSqlite(_writer).AddInterceptors(_statements).Options
        );
        WritingDb.Database.AutoSavepointsEnabled = false;
    }

    public MyDataDb WritingDb { get; }

    public void Prepare()
    {
        _lock ??= new DatabaseLock(_settings);
        using var db = OpenReader(_ => false);
        DropAbandonedMigrationLock(db);
        db.Database.Migrate();
    }

    public MyDataDb OpenReader(Func<MyDataDb, bool> takeBack)
    {
        var connection = new SqliteConnection(_settings.ConnectionString);
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
            .AddInterceptors(new KeptStatements(most: 100))
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .Options;
        return new MyDataDb(options, takeBack);
    }

    public bool IsFresh(MyDataDb reader) => true;

    public async Task<bool> AnswersAsync(CancellationToken token)
    {
        // Not by a reader that is open: that one still sees a file which was taken away, and pages that it read before.
        var settings = new SqliteConnectionStringBuilder(_settings.ConnectionString)
        {
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = Patience,
        };
        await using var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(token);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM sqlite_master";
            return await command.ExecuteScalarAsync(token) is > 0L;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    public bool Connect()
    {
        if (_writer.State == System.Data.ConnectionState.Open)
            return false;
        _writer.Open();
        SqlitePragmas.ApplyToWriter(_writer);
        return true;
    }

    public DbTransaction Begin() => _writer.BeginTransaction(deferred: false);

    public void Mark(WriterStatements statements) => statements.Run("SAVEPOINT write");

    public void Keep(WriterStatements statements) => statements.Run("RELEASE write");

    public void Undo(WriterStatements statements) => statements.Run("ROLLBACK TO write");

    public void Disconnect()
    {
        _statements.Dispose();
        _writer.Close();
        SqliteConnection.ClearPool(_writer);
    }

    public IErasure NewErasure(Action inQueue) => new LogErasure(_writer, _time, inQueue);

    public void Dispose()
    {
        WritingDb.Dispose();
        _statements.Dispose();
        _writer.Dispose();
        _lock?.Dispose();
    }

    // A process that was killed while it migrated leaves EF's lock behind, and every later start would wait for it for
    // ever. We hold the only lock that counts.
    private static void DropAbandonedMigrationLock(MyDataDb db)
    {
        var table = db.Database.SqlQueryRaw<int>(
            "SELECT COUNT(*) AS Value FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsLock'"
        );
        if (table.Single() > 0)
            db.Database.ExecuteSqlRaw("DELETE FROM \"__EFMigrationsLock\"");
    }
}
