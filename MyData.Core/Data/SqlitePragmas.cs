using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MyData.Core.Data;

/// <summary>
/// What every SQLite connection is told: write-ahead log, a full fsync at each commit, deleted bytes overwritten. It is told
/// once: the connection stays open as long as its pooled context lives, because to close it after each query and to open it
/// for the next one costs as much as most queries do.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    // The log is written back into the database each 32 MiB and not each 4: a large package would wait for it several times.
    private const string Pragmas =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; PRAGMA secure_delete=ON; "
        + "PRAGMA wal_autocheckpoint=8000;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
        Apply((SqliteConnection)connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Apply((SqliteConnection)connection);
        return Task.CompletedTask;
    }

    public override InterceptionResult ConnectionClosing(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result
    ) => InterceptionResult.Suppress();

    public override ValueTask<InterceptionResult> ConnectionClosingAsync(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result
    ) => ValueTask.FromResult(InterceptionResult.Suppress());

    public static void Apply(SqliteConnection connection) => Set(connection, Pragmas);

    public static void Set(SqliteConnection connection, string pragmas)
    {
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
    }
}
