using System.Data;
using Microsoft.Data.Sqlite;

namespace MyData.Core.Data;

/// <summary>
/// Empties SQLite's write-ahead log after writes that erase: <c>secure_delete</c> overwrites what is deleted in the
/// database, and the log keeps the old bytes until it is truncated. A second after such a write, at most once in five; used
/// by the writer's thread alone, but for the timer.
/// </summary>
internal sealed class LogErasure(SqliteConnection connection, TimeProvider time, Action wake) : IErasure
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(5);

    /// <summary>Milliseconds that writers wait for a reader to finish, at most; where one takes longer the next run is as good.</summary>
    private const int Patience = 50;

    private ITimer? _alarm;
    private bool _waiting;
    private long? _last;

    public void Soon()
    {
        if (_waiting)
            return;
        var rest = _last is { } last ? Apart - time.GetElapsedTime(last) : First;
        Arm(rest > First ? rest : First);
    }

    public void Run()
    {
        _waiting = false;
        _last = time.GetTimestamp();
        if (!Truncate())
            Arm(Apart);
    }

    public void Dispose() => _alarm?.Dispose();

    private void Arm(TimeSpan after)
    {
        _waiting = true;
        _alarm?.Dispose();
        _alarm = time.CreateTimer(_ => wake(), null, after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>False where a reader was in the way, or the disk, or no write has opened the database again: nothing is lost by trying later.</summary>
    private bool Truncate()
    {
        if (connection.State != ConnectionState.Open)
            return false;
        try
        {
            SqlitePragmas.Set(connection, FormattableString.Invariant($"PRAGMA busy_timeout={Patience}"));
            try
            {
                using var checkpoint = connection.CreateCommand();
                checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
                return checkpoint.ExecuteScalar() is 0L;
            }
            finally
            {
                SqlitePragmas.Apply(connection);
            }
        }
        catch (SqliteException)
        {
            return false;
        }
    }
}
