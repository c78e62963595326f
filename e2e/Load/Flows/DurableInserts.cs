using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace MyData.Load.Flows;

/// <summary>The yardstick of the disk: rows a second into an SQLite of the portal's settings, a durable transaction each.</summary>
public static class DurableInserts
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static double PerSecond(string folder)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(folder, "yardstick.db")};Pooling=False"
        );
        connection.Open();
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;");
        Execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, value TEXT NOT NULL);");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO rows (value) VALUES ('0123456789abcdef0123456789abcdef')";
        var (count, start) = (0, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(start) < Duration)
        {
            insert.ExecuteNonQuery();
            count++;
        }
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;

        void Execute(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
