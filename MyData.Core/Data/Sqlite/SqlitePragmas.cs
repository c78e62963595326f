using Microsoft.Data.Sqlite;

namespace MyData.Core.Data;

/// <summary>What every SQLite connection is told: write-ahead log, a full fsync at each commit, deleted bytes overwritten.</summary>
internal static class SqlitePragmas
{
    // The log is written back into the database each 32 MiB and not each 4: a large package would wait for it several times.
    private const string Pragmas =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; PRAGMA secure_delete=ON; "
        + "PRAGMA wal_autocheckpoint=8000; PRAGMA temp_store=MEMORY;";

    // KiB, as it is used. The ledger's tags are random: each new one lands on another page of an index that soon outgrows the 2 MB of the default.
    private const string WriterPragmas = "PRAGMA cache_size=-16384;";

    public static void Apply(SqliteConnection connection) => Set(connection, Pragmas);

    /// <summary>The one connection that writes, besides.</summary>
    public static void ApplyToWriter(SqliteConnection connection) => Set(connection, Pragmas + WriterPragmas);

    public static void Set(SqliteConnection connection, string pragmas)
    {
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
    }
}
