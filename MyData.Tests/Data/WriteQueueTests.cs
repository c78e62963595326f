using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.OpenId;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

public abstract class WriteQueueTests : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-writer-").FullName;
    private readonly CommittedEvents _committed = new();
    private readonly IDatabaseEngine _engine;
    private readonly ManualTime _time = new();
    private readonly BreakableLog _log = new();
    private readonly WriteQueue _writer;
    private readonly Engine _kind;

    private protected WriteQueueTests(Engine engine)
    {
        _kind = engine;
        _engine = engine.Open(TestDatabase.New(engine, _folder), _time);
        _engine.Prepare();
        _writer = new WriteQueue(_engine, _committed, _time, [], _log);
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

    [Fact]
    public async Task Commit_ThatFailsAgainAndAgain_IsOverWithItsFailure()
    {
        for (var round = 0; round < 3; round++)
        {
            Assert.True(await _writer.WriteAsync(scope => UseUp(scope, $"good {round}"), Cancel));
            _log.Fails = true;
            await Assert.ThrowsAsync<LedgerException>(() =>
                _writer.WriteAsync(scope => UseUp(scope, $"lost {round}"), Cancel)
            );
            _log.Fails = false;
            await Assert.ThrowsAsync<FormatException>(() =>
                _writer.WriteAsync(
                    scope =>
                    {
                        UseUp(scope, $"undone {round}");
                        scope.Flush();
                        throw new FormatException("refused");
                    },
                    Cancel
                )
            );
        }
        Assert.False(await _writer.WriteAsync(scope => UseUp(scope, "good 2"), Cancel));
        Assert.True(await _writer.WriteAsync(scope => UseUp(scope, "lost 2"), Cancel));
        Assert.Equal(["good 0", "good 1", "good 2", "good 2", "lost 2"], await KindsAsync());
        await using var db = Read();
        Assert.Equal(
            ["good 0", "good 1", "good 2", "lost 2"],
            await db.Set<UsedAssertion>().Select(used => used.TokenId).Order().ToListAsync(Cancel)
        );
    }

    [Fact]
    public async Task Erasure_AfterACommitThatFailed_EndsNobodysWriting()
    {
        await _writer.WriteAsync(
            scope =>
            {
                scope.Erase();
                scope.Raise(Happened("erased"));
            },
            Cancel
        );
        _log.Fails = true;
        await Assert.ThrowsAsync<LedgerException>(() =>
            _writer.WriteAsync(scope => scope.Raise(Happened("lost")), Cancel)
        );
        _log.Fails = false;
        _time.Advance(TimeSpan.FromSeconds(10));
        // The writer's own thread erases on SQLite; it finds nothing open, and comes again.
        if (_kind == Engine.Sqlite)
            await _time.WaitedForAsync().WaitAsync(Longest, Cancel);
        await _writer.WriteAsync(scope => scope.Raise(Happened("kept")), Cancel).WaitAsync(Longest, Cancel);
        Assert.Equal(["erased", "kept"], await KindsAsync());
    }

    [Fact]
    public async Task StatementByHand_OfWhichNobodyIsTold_IsRefusedAndLeavesNothing()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _writer.WriteAsync(scope => UsedAssertion.UseUp(scope, Used("x")), Cancel)
        );
        await using var db = Read();
        Assert.Equal(0, await db.Set<UsedAssertion>().CountAsync(Cancel));
    }

    /// <summary>By hand where it is the write's only row, else by Entity Framework: both store each column alike.</summary>
    [Fact]
    public async Task Event_AloneOrBesideOtherRows_IsStoredAlike()
    {
        foreach (var full in (bool[])[true, false])
        {
            await _writer.WriteAsync(scope => scope.Raise(Whole(full)), Cancel);
            await _writer.WriteAsync(
                scope =>
                {
                    scope.Db.Add(Used($"beside {full}"));
                    scope.Raise(Whole(full));
                },
                Cancel
            );
            await using var db = Read();
            var pair = await db.Set<Event>().OrderByDescending(e => e.Id).Take(2).ToListAsync(Cancel);
            var columns = db.Model.FindEntityType(typeof(Event))!.GetProperties().Where(column => !column.IsKey());
            Assert.All(
                columns,
                column =>
                {
                    var values = pair.ConvertAll(one => column.GetGetter().GetClrValue(one));
                    Assert.Equal(values[0], values[1]);
                    Assert.True(!full || values[0] is not null, $"{column.Name} is not tried.");
                }
            );
            Assert.Equal(full ? "k-\uFFFD-\u6236" : "bare", pair[0].Kind.Replace('\0', '\uFFFD'));
        }
    }

    private static Event Whole(bool full) =>
        !full
            ? Happened("bare")
            : new Event
            {
                Kind = "k-\0-\u6236",
                Actor = "provider:\uD800",
                CitizenId = new Guid("0192aaaa-bbbb-7ccc-8ddd-eeeeffff0000"),
                DataSetId = "API.x",
                ConsentId = new Guid("0192aaaa-bbbb-7ccc-8ddd-eeeeffff0001"),
                TransferId = new Guid("0192AAAA-BBBB-7CCC-8DDD-EEEEFFFF0002"),
                SessionId = Guid.Empty,
                Purpose = "own-use",
                Code = "refused",
                Details = """{"a":"戶"}""",
            };

    private static bool UseUp(WriteScope scope, string id)
    {
        scope.Raise(Happened(id));
        return UsedAssertion.UseUp(scope, Used(id));
    }

    /// <summary>The queue alone, and what a log does to it that cannot be written.</summary>
    private sealed class BreakableLog : ICommitLog
    {
        public volatile bool Fails;

        public void Begin(MyDataDb db, WriterStatements statements, DateTimeOffset now) { }

        public void Record(WriteScope scope, IReadOnlyList<Event> events) { }

        public void Seal()
        {
            if (Fails)
                throw new IOException("No room.");
        }

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
