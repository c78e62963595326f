using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Events;

namespace MyData.Core.Data;

/// <summary>
/// SQLite has one writer, so there is one queue: a savepoint for each delegate, one commit for all that wait. A caller's
/// failure rolls back its own savepoint only; a failed commit fails every caller of that batch. Where a write erases, the
/// log is emptied soon after, between two batches.
/// </summary>
public sealed class SqliteWriter : IWriter, IAsyncDisposable
{
    private const int LargestBatch = 64;

    /// <summary>Seconds that a write waits for a stranger who holds the database; the library's own are 30.</summary>
    private const int Patience = 5;
    private readonly Channel<IJob> _jobs = Channel.CreateBounded<IJob>(10_000);
    private readonly CommittedEvents _committed;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<IEventFollower> _followers;
    private readonly ICommitLog _log;
    private readonly SqliteConnection _connection;

    // One for all writes: making a context costs more than most writes do. Each job finds it empty.
    private readonly MyDataDb _db;
    private readonly LogErasure _erasure;
    private readonly Task _loop;

    public SqliteWriter(
        DatabaseSettings settings,
        CommittedEvents committed,
        TimeProvider time,
        IEnumerable<IEventFollower> followers,
        ICommitLog log
    )
    {
        _log = log;
        _committed = committed;
        _time = time;
        _followers = [.. followers];
        _connection = new SqliteConnection(settings.ConnectionString) { DefaultTimeout = Patience };
        _db = new MyDataDb(new DbContextOptionsBuilder<MyDataDb>().UseSqlite(_connection).Options);
        _db.Database.AutoSavepointsEnabled = false;
        _erasure = new LogErasure(_connection, time, () => _jobs.Writer.TryWrite(EmptyTheLog.Job));
        _loop = Task.Factory.StartNew(Run, TaskCreationOptions.LongRunning);
    }

    public async Task<T> WriteAsync<T>(Func<WriteScope, T> work, CancellationToken cancellationToken = default)
    {
        var job = new Job<T>(work);
        await _jobs.Writer.WriteAsync(job, cancellationToken);
        return await job.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await _loop;
        _erasure.Dispose();
        await _db.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private void Run()
    {
        var batch = new List<IJob>(LargestBatch);
        // The loop owns its thread: blocking here keeps the connection and its transaction on one thread.
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            var empties = false;
            while (batch.Count < LargestBatch && _jobs.Reader.TryRead(out var job))
            {
                if (job is EmptyTheLog)
                    empties = true;
                else
                    batch.Add(job);
            }
            try
            {
                if (batch.Count > 0)
                    Commit(batch);
            }
            catch (Exception failure)
            {
                // Whether a commit that failed is on the disk nobody knows: the next batch looks afresh.
                _log.Failed();
                Disconnect();
                batch.ForEach(job => job.Fail(Writing.Refused(failure)));
            }
            if (empties)
                _erasure.Run();
        }
    }

    private void Commit(List<IJob> batch)
    {
        if (_connection.State != System.Data.ConnectionState.Open)
        {
            _connection.Open();
            SqlitePragmas.Apply(_connection);
        }
        var erases = false;
        using var transaction = _connection.BeginTransaction(deferred: false);
        // What an earlier batch left of its own is let go first: Entity Framework refuses a second one beside it.
        _db.Database.UseTransaction(null);
        _db.Database.UseTransaction(transaction);
        _db.ChangeTracker.Clear();
        _log.Begin(_db, _time.GetUtcNow());
        foreach (var job in batch)
        {
            transaction.Save("job");
            _db.ChangeTracker.Clear();
            var scope = new WriteScope(_db, _time.GetUtcNow().TrimToMilliseconds(), _followers);
            if (job.Run(scope, _log))
            {
                transaction.Release("job");
                erases |= scope.Erases;
            }
            else
                transaction.Rollback("job");
        }
        _log.Seal();
        transaction.Commit();
        _log.Committed();
        if (erases)
            _erasure.Soon();
        // Durable now: what a listener does with the news is no failure of the write.
        foreach (var job in batch)
            job.Complete(_committed);
    }

    private void Disconnect()
    {
        _connection.Close();
        SqliteConnection.ClearPool(_connection);
    }

    private interface IJob
    {
        bool Run(WriteScope scope, ICommitLog log);
        void Complete(CommittedEvents committed);
        void Fail(Exception failure);
    }

    /// <summary>In the queue like any write, so that no other is under way meanwhile.</summary>
    private sealed class EmptyTheLog : IJob
    {
        public static readonly EmptyTheLog Job = new();

        public bool Run(WriteScope scope, ICommitLog log) => true;

        public void Complete(CommittedEvents committed) { }

        public void Fail(Exception failure) { }
    }

    private sealed class Job<T>(Func<WriteScope, T> work) : IJob
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IReadOnlyList<Event> _events = [];
        private Exception? _failure;
        private T? _result;

        public Task<T> Task => _done.Task;

        public bool Run(WriteScope scope, ICommitLog log)
        {
            try
            {
                _result = work(scope);
                scope.Save();
                log.Record(scope, scope.Events);
                _events = scope.Events;
                return true;
            }
            catch (Exception failure)
            {
                _failure = Writing.Of(failure);
                return false;
            }
        }

        public void Complete(CommittedEvents committed)
        {
            if (_failure is not null)
            {
                _done.TrySetException(_failure);
                return;
            }
            committed.Publish(_events);
            _done.TrySetResult(_result!);
        }

        public void Fail(Exception failure) => _done.TrySetException(failure);
    }
}
