using System.Data;
using Npgsql;

namespace MyData.Core.Data;

/// <summary>
/// The one session that writes. It holds a lock of its own (postgresql.org/docs/15/explicit-locking.html §13.3.5), which the server lets go of
/// with the session, as it undoes what the session had not committed: whoever has the lock is alone. Used by one thread at a time.
/// </summary>
internal sealed class PostgresSession : IDisposable
{
    /// <summary>Seconds that a statement may take, a commit too, which waits for other machines; and the way there.</summary>
    public const int Patience = 5;

    /// <summary>How long a session may have been idle and still be believed to stand: under load nobody asks.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);

    private const int OldestServer = 150_000;

    /// <summary>"MyData"; advisory locks are each database's own.</summary>
    private const long LockKey = 0x4D79_4461_7461;

    // Before a lock is waited for, what is left of this very process's last session is ended: its server may not know yet that it is over.
    private const string Claim = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = current_setting('application_name') AND datname = current_database() AND pid <> pg_backend_pid();
        SET lock_timeout = '3s';
        """;

    // What an earlier session committed may be on this machine alone: this write waits for the others as any does, and what lies before it too.
    private const string Barrier = "RESET lock_timeout; SELECT pg_logical_emit_message(true, 'mydata', '');";

    private const string Look = """
        SELECT pg_is_in_recovery(), current_setting('server_version_num')::int, current_setting('server_encoding'),
            current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
            current_setting('synchronous_standby_names') <> ''
        """;

    // The machine's own clock, which nobody sets: a session dies in its time.
    private readonly TimeProvider _time = TimeProvider.System;
    private long _used;

    public PostgresSession(NpgsqlConnectionStringBuilder address)
    {
        var own = new NpgsqlConnectionStringBuilder(address.ConnectionString)
        {
            Pooling = false,
            Multiplexing = false,
            Enlist = false,
            Timeout = Patience,
            CommandTimeout = Patience,
            // No: a server that is asked to give up a commit which waits for other machines says that it is done.
            CancellationTimeout = -1,
            ApplicationName = $"mydata writer {Ids.New():N}",
            // The server, too, notices within seconds that this end is gone.
            Options =
                $"{address.Options} -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3".Trim(),
        };
        Connection = new NpgsqlConnection(own.ConnectionString);
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>Sees to it that it stands; true where it is a new one.</summary>
    /// <exception cref="StartRefusedException">another process has the lock; this server would lose what it was given</exception>
    /// <exception cref="NpgsqlException">the server cannot be reached</exception>
    public bool Connect()
    {
        if (Stands())
            return false;
        Disconnect();
        try
        {
            Connection.Open();
            Refuse(Problems());
            Execute(Claim);
            Lock();
            Wait();
        }
        catch
        {
            Disconnect();
            throw;
        }
        _used = _time.GetTimestamp();
        return true;
    }

    public void Disconnect() => Connection.Close();

    public void Dispose() => Connection.Dispose();

    private bool Stands()
    {
        if (Connection.State != ConnectionState.Open)
            return false;
        var idle = _time.GetElapsedTime(_used);
        _used = _time.GetTimestamp();
        if (idle < Idle)
            return true;
        try
        {
            Execute("SELECT");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private void Lock()
    {
        try
        {
            using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", Connection);
            command.Parameters.Add(new NpgsqlParameter { Value = LockKey });
            command.ExecuteNonQuery();
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new StartRefusedException(["another process uses this database."], taken);
        }
    }

    private void Wait()
    {
        try
        {
            Execute(Barrier);
        }
        catch (NpgsqlException late) when (late.InnerException is TimeoutException)
        {
            throw new StartRefusedException(
                ["a commit was not confirmed in time: the machines that PostgreSQL waits for do not answer."],
                late
            );
        }
    }

    private List<string> Problems()
    {
        using var command = new NpgsqlCommand(Look, Connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        var problems = new List<string>();
        if (reader.GetBoolean(0))
            problems.Add("this PostgreSQL is a standby: it takes no writes.");
        if (reader.GetInt32(1) < OldestServer)
            problems.Add("this PostgreSQL is older than version 15.");
        if (reader.GetString(2) != "UTF8")
            problems.Add("this PostgreSQL database has another encoding than UTF8.");
        if (reader.GetString(3) != "on")
            problems.Add("this PostgreSQL runs with 'fsync = off': it would lose what it was given.");
        if (reader.GetString(4) != "on")
            problems.Add("this PostgreSQL runs with 'full_page_writes = off': it would lose what it was given.");
        var commit = reader.GetString(5);
        if (commit == "off" || (commit != "on" && commit != "remote_apply" && reader.GetBoolean(6)))
            problems.Add(
                $"this PostgreSQL runs with 'synchronous_commit = {commit}': it would lose what it was given."
            );
        return problems;
    }

    private static void Refuse(List<string> problems)
    {
        if (problems.Count > 0)
            throw new StartRefusedException(problems);
    }

    private void Execute(string sql)
    {
        using var command = new NpgsqlCommand(sql, Connection);
        command.ExecuteNonQuery();
    }
}
