using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MyData.Core.Data;

/// <summary>
/// A PostgreSQL server, or several of which one takes writes. One session writes (<see cref="PostgresSession"/>); readers take connections
/// from the driver's pool for each query, and follow the server that takes writes, since what was just written must be seen.
/// </summary>
internal sealed class PostgresEngine : IDatabaseEngine, IDisposable
{
    /// <summary>Connections for reading, where the connection string says nothing: a server has a hundred for everybody.</summary>
    private const int MostReaders = 50;

    /// <summary>Seconds; a migration of large tables takes its time.</summary>
    private const int LongestMigration = 3600;

    /// <summary>How many promotions a node has followed, as the name of its newest log file tells (postgresql.org/docs/15/continuous-archiving.html §26.3.5).</summary>
    private const string Timeline = "SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int";

    private const string Savepoint = "write";
    private static readonly PostgresText Text = new();
    private readonly NpgsqlConnectionStringBuilder _address;
    private readonly NpgsqlDataSource _readers;
    private readonly DbContextOptions<MyDataDb> _reading;
    private readonly PostgresSession _session;
    private readonly TimeProvider _time;

    // The newest that the writer has had; readers are anybody's threads.
    private volatile int _timeline;

    public PostgresEngine(DatabaseSettings settings, TimeProvider time)
    {
        _time = time;
        _address = PostgresAddress.Parse(settings.ConnectionString);
        Prefer("Maximum Pool Size", MostReaders);
        // Nothing of a session is ever set by a reader.
        Prefer("No Reset On Close", true);
        Prefer("Max Auto Prepare", 200);
        Prefer("Auto Prepare Min Usages", 2);
        if (HasNodes)
        {
            Prefer("Target Session Attributes", "read-write");
            // Seconds until a server that has changed its role is looked at again.
            Prefer("Host Recheck Seconds", 1);
        }
        _readers = Readers();
        _reading = new DbContextOptionsBuilder<MyDataDb>()
            .UseNpgsql(_readers)
            .AddInterceptors(Text)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .Options;
        _session = new PostgresSession(_address);
        WritingDb = new MyDataDb(
            new DbContextOptionsBuilder<MyDataDb>().UseNpgsql(_session.Connection).AddInterceptors(Text).Options
        );
        WritingDb.Database.AutoSavepointsEnabled = false;
    }

    public MyDataDb WritingDb { get; }

    public void Prepare()
    {
        try
        {
            Connect();
            using var connection = new NpgsqlConnection(Alone().ConnectionString);
            using var db = new PostgresDb(new DbContextOptionsBuilder<MyDataDb>().UseNpgsql(connection).Options);
            db.Database.SetCommandTimeout(LongestMigration);
            db.Database.Migrate();
        }
        catch (NpgsqlException failure) when (!IsOurs(failure))
        {
            throw new StartRefusedException([$"PostgreSQL cannot be used: {failure.Message}"], failure);
        }
    }

    public MyDataDb OpenReader(Func<MyDataDb, bool> takeBack) => new(_reading, takeBack);

    // The connection goes back to the pool after each query; one that somebody opened by hand goes with its context.
    public bool IsFresh(MyDataDb reader) => reader.Database.GetDbConnection().State == ConnectionState.Closed;

    public async Task<bool> AnswersAsync(CancellationToken token)
    {
        try
        {
            // A server can live on without being able to take anybody new.
            await using var connection = new NpgsqlConnection(Alone().ConnectionString);
            await connection.OpenAsync(token);
            await using var command = new NpgsqlCommand("SELECT NOT pg_is_in_recovery()", connection);
            return await command.ExecuteScalarAsync(token) is true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    public bool Connect()
    {
        if (!_session.Connect())
            return false;
        if (HasNodes)
        {
            using var command = new NpgsqlCommand(Timeline, _session.Connection);
            _timeline = Math.Max(_timeline, (int)command.ExecuteScalar()!);
        }
        _readers.Clear();
        return true;
    }

    public DbTransaction Begin() => _session.Connection.BeginTransaction(IsolationLevel.ReadCommitted);

    // By the driver, which sends it with what comes next.
    public void Mark(WriterStatements statements) => statements.Transaction.Save(Savepoint);

    // To let go of a savepoint would be a way to the server and back for each write; the commit ends them all.
    public void Keep(WriterStatements statements) { }

    public void Undo(WriterStatements statements) => statements.Transaction.Rollback(Savepoint);

    public void Disconnect()
    {
        _session.Disconnect();
        // What ended this session has ended the readers' too; each would fail once before the pool lets go of it.
        _readers.Clear();
    }

    public IErasure NewErasure(Action inQueue) => new PostgresErasure(Alone().ConnectionString, _time);

    public void Dispose()
    {
        WritingDb.Dispose();
        _session.Dispose();
        _readers.Dispose();
    }

    // What whoever runs it cannot mend: a statement of ours that is wrong.
    private static bool IsOurs(NpgsqlException failure) =>
        failure is PostgresException { SqlState: ['4', '2', ..] and not PostgresErrorCodes.InsufficientPrivilege };

    private void Prefer(string word, object value)
    {
        if (!_address.ShouldSerialize(word))
            _address[word] = value;
    }

    private bool HasNodes => PostgresAddress.Hosts(_address).Count > 1;

    /// <summary>A connection of its own, outside the pool.</summary>
    private NpgsqlConnectionStringBuilder Alone() =>
        new(_address.ConnectionString)
        {
            Pooling = false,
            Timeout = PostgresSession.Patience,
            CommandTimeout = PostgresSession.Patience,
        };

    private NpgsqlDataSource Readers()
    {
        var address = new NpgsqlConnectionStringBuilder(_address.ConnectionString);
        // Here the driver wants it as a method and not as a word.
        address.Remove("Target Session Attributes");
        var builder = new NpgsqlDataSourceBuilder(address.ConnectionString);
        if (!HasNodes)
            return builder.Build();
        // A lost node that somebody has take writes again has what was written until then: it must not be read as if that were all.
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(Timeline, connection);
                RefuseLeftBehind(command.ExecuteScalar());
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(Timeline, connection);
                RefuseLeftBehind(await command.ExecuteScalarAsync());
            }
        );
        return builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite);
    }

    private void RefuseLeftBehind(object? timeline)
    {
        if (timeline is not int its || its < _timeline)
            throw new NpgsqlException("Another node was promoted since this one took writes.");
    }
}
