using Microsoft.Data.Sqlite;
using MyData.Core.Data;
using MyData.Tests.Support;

[assembly: AssemblyFixture(typeof(LastToGo))]

namespace MyData.Tests.Support;

/// <summary>The two databases that MyData runs on.</summary>
public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>
/// A test's own database. Tests of what a database means run on both: the body is an abstract class, with a sealed one for each. All others
/// run on SQLite, or on PostgreSQL where <c>MYDATA_TEST_DATABASE=postgres</c> says so.
/// </summary>
public static class TestDatabase
{
    public static Engine Default { get; } =
        Environment.GetEnvironmentVariable("MYDATA_TEST_DATABASE") == "postgres" ? Engine.Postgres : Engine.Sqlite;

    private static readonly Lazy<byte[]> Migrated = new(Migrate);

    /// <summary>An empty database with all tables: to make them anew for each test would take longer than most tests do.</summary>
    /// <returns>a connection string</returns>
    public static string New(Engine engine, string folder)
    {
        if (engine == Engine.Postgres)
            return PostgresServer.Shared.NewDatabase();
        var file = Path.Combine(folder, "mydata.db");
        if (!File.Exists(file))
            using (var stream = new FileStream(file, OwnersAlone))
                stream.Write(Migrated.Value);
        return $"Data Source={file}";
    }

    /// <summary>The database alone, without features.</summary>
    internal static IDatabaseEngine Open(this Engine engine, string connectionString, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var settings = new DatabaseSettings { ConnectionString = connectionString };
        return engine == Engine.Postgres ? new PostgresEngine(settings, time) : new SqliteEngine(settings, time);
    }

    /// <summary>Has the database refuse every new row of a table, until <see cref="Allow"/>.</summary>
    public static string Refuse(this Engine engine, string table) =>
        engine == Engine.Postgres
            ? "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$; "
                + $"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"
            : $"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END";

    public static string Allow(this Engine engine, string table) =>
        engine == Engine.Postgres ? $"DROP TRIGGER refuse ON {table}; DROP FUNCTION refuse()" : "DROP TRIGGER refuse";

    private static FileStreamOptions OwnersAlone
    {
        get
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return options;
        }
    }

    private static byte[] Migrate()
    {
        var folder = Directory.CreateTempSubdirectory("mydata-migrated-").FullName;
        try
        {
            var file = Path.Combine(folder, "mydata.db");
            var connectionString = $"Data Source={file}";
            using (var engine = (SqliteEngine)Open(Engine.Sqlite, connectionString))
                engine.Prepare();
            Close(connectionString);
            return File.ReadAllBytes(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Lets go of what the driver keeps open.</summary>
    public static void Close(string connectionString)
    {
        if (connectionString.StartsWith("Data Source=", StringComparison.Ordinal))
            SqliteConnection.ClearPool(new SqliteConnection(connectionString));
    }
}

/// <summary>Ends the shared server with the run.</summary>
public sealed class LastToGo : IDisposable
{
    public void Dispose() => PostgresServer.StopShared();
}
