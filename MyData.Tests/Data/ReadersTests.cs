using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

/// <summary>Contexts that are lent again with their connection open: never to two at once, never with an old view.</summary>
public abstract class ReadersTests : IDisposable
{
    private const int More = 80;
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-readers-").FullName;
    private readonly Readers _readers;
    private readonly IDatabaseEngine _engine;

    private protected ReadersTests(Engine engine)
    {
        _engine = engine.Open(TestDatabase.New(engine, _folder));
        _readers = new(_engine);
        using var db = _readers.CreateDbContext();
        db.Database.ExecuteSqlRaw("create table numbers (value integer not null)");
    }

    public void Dispose()
    {
        _readers.Dispose();
        (_engine as IDisposable)?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Create_AfterOneCameBack_LendsItAgain()
    {
        var first = _readers.CreateDbContext();
        first.Dispose();
        using var second = _readers.CreateDbContext();
        Assert.Same(first, second);
    }

    [Fact]
    public async Task Create_AfterOneWasDisposedOfTwice_LendsItOnce()
    {
        var first = _readers.CreateDbContext();
        first.Dispose();
        await first.DisposeAsync();
        using var second = _readers.CreateDbContext();
        using var third = _readers.CreateDbContext();
        Assert.NotSame(second, third);
        Assert.Equal(0, Count(second));
        Assert.Equal(0, Count(third));
    }

    [Fact]
    public void Read_OfAContextThatHasReadBefore_SeesTheNewestWrite()
    {
        using (var before = _readers.CreateDbContext())
            Assert.Equal(0, Count(before));
        using (var other = _readers.CreateDbContext())
        using (var writes = _readers.CreateDbContext())
        {
            Assert.Equal(0, Count(other));
            writes.Database.ExecuteSqlRaw("insert into numbers values (1)");
            Assert.Equal(1, Count(other));
        }
    }

    [Fact]
    public void Create_AfterATransactionWasLeftOpen_LendsAnother()
    {
        var left = _readers.CreateDbContext();
        left.Database.BeginTransaction();
        Assert.Equal(0, Count(left));
        left.Dispose();
        using var next = _readers.CreateDbContext();
        Assert.NotSame(left, next);
        next.Database.ExecuteSqlRaw("insert into numbers values (1)");
        Assert.Equal(1, Count(next));
    }

    [Fact]
    public void Create_InARush_ClosesThoseThatAreTooMany()
    {
        var rush = Enumerable.Range(0, More).Select(_ => _readers.CreateDbContext()).ToList();
        rush.ForEach(db => db.Dispose());
        var again = Enumerable.Range(0, More).Select(_ => _readers.CreateDbContext()).ToList();
        Assert.InRange(again.Intersect(rush).Count(), 1, More - 1);
        Assert.All(again, db => Assert.Equal(0, Count(db)));
        again.ForEach(db => db.Dispose());
    }

    [Fact]
    public void Dispose_ThenOneComesBack_EndsIt()
    {
        var late = _readers.CreateDbContext();
        _readers.Dispose();
        late.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Count(late));
    }

    private static int Count(MyDataDb db) =>
        db.Database.SqlQueryRaw<int>("select cast(count(*) as integer) as \"Value\" from numbers").Single();
}

public sealed class SqliteReadersTests() : ReadersTests(Engine.Sqlite);

public sealed class PostgresReadersTests() : ReadersTests(Engine.Postgres);
