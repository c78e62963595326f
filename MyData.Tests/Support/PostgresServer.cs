using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using Npgsql;

namespace MyData.Tests.Support;

/// <summary>
/// A PostgreSQL of our own on a socket in a temporary folder, as durable as in production, and with another language's order than ours. All
/// tests of a run share one, each host a database of its own; a test that stops or kills the server starts another.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const string Folders = "mydata-postgres-";
    private const string Owner = "tests.pid";
    private static readonly Lock Gate = new();
    private static readonly Lazy<PostgresServer> Everybody = new(() => new PostgresServer());
    private readonly Lazy<string> _template;
    private readonly string _folder;
    private int _databases;

    public PostgresServer()
    {
        var programs = Programs.Value;
        if (programs is null)
            Assert.Skip("PostgreSQL 15 is not installed, and only root may install it.");
        Sweep();
        _folder = Directory.CreateTempSubdirectory(Folders).FullName;
        File.WriteAllText(Path.Combine(_folder, Owner), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (IsRoot)
            Run("chown", "-R", "postgres", _folder);
        Must(Tool("initdb", ["-D", Data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", .. OtherOrder]));
        File.AppendAllText(
            Path.Combine(Data, "postgresql.conf"),
            $"""

            listen_addresses = ''
            unix_socket_directories = '{_folder}'
            max_connections = 400
            shared_buffers = 64MB
            # A checkpoint writes thousands of files of databases that nobody asks any more.
            checkpoint_timeout = 1d
            max_wal_size = 16GB

            """
        );
        Start();
        Execute("postgres", "CREATE ROLE mydata LOGIN");
        _template = new(Migrated);
    }

    /// <summary>The one of this run; started when the first test needs it.</summary>
    public static PostgresServer Shared
    {
        get
        {
            lock (Gate)
                return Everybody.Value;
        }
    }

    private string Data => Path.Combine(_folder, "data");

    // Nothing may depend on the order of the cluster.
    private static string[] OtherOrder => ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh-TW"];

    private static Lazy<string?> Programs { get; } = new(Find);

    private static bool IsRoot => !OperatingSystem.IsWindows() && geteuid() == 0;

    internal static void StopShared()
    {
        if (Everybody.IsValueCreated)
            Everybody.Value.Dispose();
    }

    /// <summary>A new database with all migrations, which belongs to an ordinary role.</summary>
    /// <returns>its connection string</returns>
    public string NewDatabase()
    {
        var name = $"t{Interlocked.Increment(ref _databases)}";
        Execute("postgres", $"CREATE DATABASE {name} OWNER mydata TEMPLATE {_template.Value}");
        return For(name);
    }

    /// <summary>What another database is at this moment; its portal's sessions end.</summary>
    public string Copy(string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString).Database;
        var name = $"t{Interlocked.Increment(ref _databases)}";
        Execute("postgres", $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
        Execute("postgres", $"CREATE DATABASE {name} OWNER mydata TEMPLATE {database}");
        return For(name);
    }

    /// <summary>What a thief of this server's disk has of a database: its files, and the write-ahead log of all, which has what they lack.</summary>
    public IEnumerable<FileInfo> Files(string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString).Database;
        using var connection = new NpgsqlConnection(For("postgres", "postgres") + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand("SELECT oid::text FROM pg_database WHERE datname = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = database });
        var own = Path.Combine(Data, "base", (string)command.ExecuteScalar()!);
        return new[] { own, Path.Combine(Data, "pg_wal") }.SelectMany(folder =>
            new DirectoryInfo(folder).EnumerateFiles()
        );
    }

    /// <summary>As the portal connects.</summary>
    public string For(string database, string role = "mydata") =>
        new NpgsqlConnectionStringBuilder
        {
            Host = _folder,
            Database = database,
            Username = role,
            MaxPoolSize = 10,
        }.ConnectionString;

    /// <summary>As whoever runs the server.</summary>
    public void Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(For(database, "postgres") + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    public void Start() => Must(Tool("pg_ctl", "-D", Data, "-w", "-s", "-l", Path.Combine(_folder, "log"), "start"));

    public void Stop() => Must(Tool("pg_ctl", "-D", Data, "-w", "-s", "-m", "fast", "stop"));

    /// <summary>With its next start it follows a server that never comes.</summary>
    public void BecomeStandby() => Must(Run("touch", Path.Combine(Data, "standby.signal")));

    /// <summary>kill -9 of all its processes, in the middle of whatever they do.</summary>
    public void Kill()
    {
        var postmaster = int.Parse(
            File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(),
            CultureInfo.InvariantCulture
        );
        var all = Process.GetProcessesByName("postgres").Where(one => IsOf(one, postmaster)).ToList();
        all.ForEach(one => one.Kill());
        all.ForEach(one => one.WaitForExit());
    }

    public void Dispose()
    {
        Tool("pg_ctl", "-D", Data, "-w", "-s", "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private string Migrated()
    {
        Execute("postgres", "CREATE DATABASE migrated OWNER mydata");
        var options = new DbContextOptionsBuilder<MyDataDb>().UseNpgsql(For("migrated") + ";Pooling=false").Options;
        using var db = new PostgresDb(options);
        db.Database.Migrate();
        return "migrated";
    }

    private static bool IsOf(Process process, int postmaster)
    {
        try
        {
            // pid (name) state ppid …
            var stat = File.ReadAllText($"/proc/{process.Id}/stat");
            var parent = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
            return process.Id == postmaster || int.Parse(parent, CultureInfo.InvariantCulture) == postmaster;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string? Find()
    {
        if (Installed() is { } there)
            return there;
        if (!IsRoot || !File.Exists("/usr/bin/apt-get"))
            return null;
        Console.WriteLine("Installing PostgreSQL 15 for the tests.");
        Must(Run("apt-get", "update", "-q"));
        Must(Run("apt-get", "install", "-y", "-q", "--no-install-recommends", "postgresql-15"));
        return Installed();
    }

    private static string? Installed() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .Where(folder =>
                    int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var v) && v >= 15
                )
                .Select(folder => Path.Combine(folder, "bin"))
                .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            : null;

    // What a run that was killed left behind.
    private static void Sweep()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), Folders + "*"))
        {
            var owner = Path.Combine(folder, Owner);
            if (
                !File.Exists(owner)
                || !int.TryParse(File.ReadAllText(owner), CultureInfo.InvariantCulture, out var pid)
                || Directory.Exists($"/proc/{pid}")
            )
                continue;
            Tool("pg_ctl", "-D", Path.Combine(folder, "data"), "-w", "-s", "-m", "immediate", "stop");
            Directory.Delete(folder, recursive: true);
        }
    }

    // PostgreSQL refuses to run as root.
    private static (int Code, string Said) Tool(string name, params string[] arguments)
    {
        var program = Path.Combine(Programs.Value!, name);
        return IsRoot ? Run("runuser", ["-u", "postgres", "--", program, .. arguments]) : Run(program, arguments);
    }

    private static (int Code, string Said) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.GetTempPath(),
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said.GetAwaiter().GetResult() + complaint);
    }

    private static void Must((int Code, string Said) done) => Assert.True(done.Code == 0, done.Said);

    [DllImport("libc")]
    private static extern uint geteuid();
}
