using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Events;

namespace MyData.Core.Data;

/// <summary>
/// All writes in one queue, on one connection, since SQLite has one writer and a log one order: a savepoint for each delegate, one commit
/// for all that wait, which is one wait for the disk or for the other machines. A caller's failure rolls back its own savepoint only; a
/// failed commit fails every caller of that batch. What a write erases leaves the files soon after.
/// </summary>
internal sealed class WriteQueue : IWriter, IAsyncDisposable
{
    // PostgreSQL keeps the numbers of as many open savepoints at hand; beyond it everybody's reading becomes slower.
    private const int LargestBatch = 64;
    private readonly Channel<IJob> _jobs = Channel.CreateBounded<IJob>(10_000);
    private readonly CommittedEvents _committed;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<IEventFollower> _followers;
    private readonly ICommitLog _log;
    private readonly IDatabaseEngine _engine;
    private readonly MyDataDb _db;
    private readonly IErasure _erasure;
    private WriterStatements? _statements;
    private readonly Task _loop;

    public WriteQueue(
        IDatabaseEngine engine,
        CommittedEvents committed,
        TimeProvider time,
        IEnumerable<IEventFollower> followers,
        ICommitLog log
    )
    {
        _engine = engine;
        _db = engine.WritingDb;
        _log = log;
        _committed = committed;
        _time = time;
        _followers = [.. followers];
        _erasure = engine.NewErasure(() => _jobs.Writer.TryWrite(RunErasure.Job));
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
        Disconnect();
    }

    private void Run()
    {
        var batch = new List<IJob>(LargestBatch);
        // The loop owns its thread: blocking here keeps the connection and its transaction on one thread.
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            var erases = false;
            while (batch.Count < LargestBatch && _jobs.Reader.TryRead(out var job))
            {
                if (job is RunErasure)
                    erases = true;
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
            if (erases)
                _erasure.Run();
        }
    }

    private void Commit(List<IJob> batch)
    {
        if (_engine.Connect())
        {
            _log.Failed();
            LetGo();
        }
        var erases = false;
        using var transaction = _engine.Begin();
        // What an earlier batch left of its own is let go first: Entity Framework refuses a second one beside it.
        _db.Database.UseTransaction(null);
        _db.Database.UseTransaction(transaction);
        _db.ChangeTracker.Clear();
        _statements ??= new WriterStatements(transaction);
        _statements.Transaction = transaction;
        _log.Begin(_db, _statements, _time.GetUtcNow());
        foreach (var job in batch)
        {
            _engine.Mark(_statements);
            _db.ChangeTracker.Clear();
            var scope = new WriteScope(_db, _statements, _time.GetUtcNow().TrimToMilliseconds(), _followers);
            if (job.Run(scope, _log))
            {
                _engine.Keep(_statements);
                erases |= scope.Erases;
            }
            else
            {
                _engine.Undo(_statements);
                // What it added and never stored is not to be stored with what the log does at the end.
                _db.ChangeTracker.Clear();
            }
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
        LetGo();
        _engine.Disconnect();
    }

    private void LetGo()
    {
        _statements?.Dispose();
        _statements = null;
    }

    private interface IJob
    {
        bool Run(WriteScope scope, ICommitLog log);
        void Complete(CommittedEvents committed);
        void Fail(Exception failure);
    }

    /// <summary>In the queue like any write, so that no other is under way meanwhile.</summary>
    private sealed class RunErasure : IJob
    {
        public static readonly RunErasure Job = new();

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
