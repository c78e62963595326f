using Microsoft.Data.Sqlite;

namespace MyData.Tests.Ledger;

/// <summary>What somebody with the database's file in his hands does: takes the triggers off, and puts them on again afterwards.</summary>
internal static class Bent
{
    /// <param name="folder">of a host</param>
    public static void Run(string folder, string sql)
    {
        var file = Path.Combine(folder, "mydata.db");
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        var guards = new List<(string Name, string Sql)>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger_%'";
            using var reader = command.ExecuteReader();
            while (reader.Read())
                guards.Add((reader.GetString(0), reader.GetString(1)));
        }
        foreach (var guard in guards)
            Execute($"DROP TRIGGER {guard.Name}");
        Execute(sql);
        foreach (var guard in guards)
            Execute(guard.Sql);

        void Execute(string text)
        {
            using var command = connection.CreateCommand();
            command.CommandText = text;
            Assert.True(command.ExecuteNonQuery() != 0 || text != sql, $"Nothing was bent by: {sql}");
        }
    }
}
