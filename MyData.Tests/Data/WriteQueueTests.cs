using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

public abstract class WriteQueueTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-writer-").FullName;
    private readonly CommittedEvents _committed = new();
    private readonly IDatabaseEngine _engine;
    private readonly WriteQueue _writer;
    private readonly Engine _kind;

    private protected WriteQueueTests(Engine engine)
    {
        _kind = engine;
        _engine = engine.Open(TestDatabase.New(engine, _folder));
        _engine.Prepare();
        _writer = new WriteQueue(_engine, _committed, TimeProvider.System, [], new NoLog());
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        (_engine as IDisposable)?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Write_WithEvent_StoresBothAndTellsListeners()
    {
        var heard = new List<string>();
        using var listening = _committed.Listen(happened => heard.Add(happened.Kind));
        await _writer.WriteAsync(scope => scope.Raise(Happened("a")), Cancel);
        Assert.Equal(["a"], heard);
        Assert.Equal(["a"], await KindsAsync());
    }

    [Fact]
    public async Task Write_ChangeWithoutEvent_IsRefusedAndLeavesNothing()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _writer.WriteAsync(scope => scope.Db.Add(Used("x")), Cancel)
        );
        await using var db = Read();
        Assert.Equal(0, await db.Set<UsedAssertion>().CountAsync(Cancel));
    }

    [Fact]
    public async Task Write_OneOfManyFails_OthersAreStored()
    {
        var writes = Enumerable
            .Range(0, 200)
            .Select(number =>
                _writer.WriteAsync(
                    scope =>
                    {
                        scope.Raise(Happened($"n{number}"));
                        if (number % 7 == 0)
                            throw new FormatException("refused");
                    },
                    Cancel
                )
            )
            .ToList();
        var failed = 0;
        foreach (var write in writes)
        {
            try
            {
                await write;
            }
            catch (FormatException)
            {
                failed++;
            }
        }
        Assert.Equal(29, failed);
        var kinds = await KindsAsync();
        Assert.Equal(171, kinds.Count);
        Assert.DoesNotContain("n7", kinds);
    }

    [Fact]
    public async Task Write_SameKeyInParallel_OneWins()
    {
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(_ =>
                    _writer.WriteAsync(
                        scope =>
                        {
                            if (scope.Db.Set<UsedAssertion>().Any(used => used.TokenId == "once"))
                                return false;
                            scope.Db.Add(Used("once"));
                            scope.Raise(Happened("used"));
                            return true;
                        },
                        Cancel
                    )
                )
        );
        Assert.Equal(1, results.Count(won => won));
    }

    [Fact]
    public async Task Write_WhenTheDatabaseRefuses_FailsAndWorksAgainLater()
    {
        Change(_kind.Refuse("events"));
        await Assert.ThrowsAnyAsync<DbException>(() =>
            _writer.WriteAsync(scope => scope.Raise(Happened("lost")), Cancel)
        );
        Change(_kind.Allow("events"));
        await _writer.WriteAsync(scope => scope.Raise(Happened("kept")), Cancel);
        Assert.Equal(["kept"], await KindsAsync());
    }

    /// <summary>The queue alone.</summary>
    private sealed class NoLog : ICommitLog
    {
        public void Begin(MyDataDb db, WriterStatements statements, DateTimeOffset now) { }

        public void Record(WriteScope scope, IReadOnlyList<Event> events) { }

        public void Seal() { }

        public void Committed() { }

        public void Failed() { }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Event Happened(string kind) => new() { Kind = kind, Actor = "test" };

    private static UsedAssertion Used(string id) =>
        new()
        {
            ClientId = "client",
            TokenId = id,
            ExpiresAt = DateTimeOffset.UnixEpoch,
        };

    private MyDataDb Read() => _engine.OpenReader(_ => false);

    private void Change(string sql)
    {
        using var db = Read();
        db.Database.ExecuteSqlRaw(sql);
    }

    private async Task<List<string>> KindsAsync()
    {
        await using var db = Read();
        return await db.Set<Event>().OrderBy(e => e.Id).Select(e => e.Kind).ToListAsync(Cancel);
    }
}

public sealed class SqliteWriteQueueTests() : WriteQueueTests(Engine.Sqlite);

public sealed class PostgresWriteQueueTests() : WriteQueueTests(Engine.Postgres);
