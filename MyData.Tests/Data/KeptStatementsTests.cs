using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Tests.Support;
using SQLitePCL;

namespace MyData.Tests.Data;

public sealed class KeptStatementsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-kept-").FullName;
    private readonly IDatabaseEngine _engine;
    private readonly MyDataDb _db;

    public KeptStatementsTests()
    {
        _engine = Engine.Sqlite.Open(TestDatabase.New(Engine.Sqlite, _folder));
        _engine.Prepare();
        _db = _engine.OpenReader(_ => false);
    }

    public void Dispose()
    {
        _db.Dispose();
        (_engine as IDisposable)?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Question_AskedAgain_IsPreparedOnceAndSeesWhatIsNew()
    {
        var held = new List<int>();
        foreach (var id in (string[])["a", "b", "c"])
        {
            Assert.False(IsUsed(id));
            Use(id);
            Assert.True(IsUsed(id));
            held.Add(Held());
        }
        Assert.InRange(held[0], 1000, 30_000);
        Assert.Equal(held[0], held[1]);
        Assert.Equal(held[0], held[2]);
    }

    [Fact]
    public void Question_AskedWhileItsRowsAreRead_AnswersBoth()
    {
        Array.ForEach(["a", "b", "c"], Use);
        var pairs = new List<string>();
        foreach (var outer in All())
        foreach (var inner in All())
            pairs.Add(outer.TokenId + inner.TokenId);
        Assert.Equal(["aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"], pairs);
    }

    [Fact]
    public void Question_LeftAmongItsRows_HoldsNoOldView()
    {
        Array.ForEach(["a", "b"], Use);
        Assert.Equal("a", All().First().TokenId);
        using (var other = _engine.OpenReader(_ => false))
            other.Database.ExecuteSqlRaw("DELETE FROM used_assertions");
        Assert.Empty(All());
    }

    [Fact]
    public void Statement_ThatFailed_IsGoodTheNextTime()
    {
        const string insert =
            """INSERT INTO used_assertions ("ClientId", "TokenId", "ExpiresAt") VALUES ({0}, {1}, 0)""";
        _db.Database.ExecuteSqlRaw(insert, "client", "a");
        Assert.ThrowsAny<SqliteException>(() => _db.Database.ExecuteSqlRaw(insert, "client", "a"));
        _db.Database.ExecuteSqlRaw(insert, "client", "b");
        Assert.Equal(["a", "b"], All().Select(used => used.TokenId));
    }

    [Fact]
    public void Question_AfterTheTableChanged_IsAnswered()
    {
        Use("a");
        Assert.True(IsUsed("a"));
        using (var other = _engine.OpenReader(_ => false))
            other.Database.ExecuteSqlRaw("ALTER TABLE used_assertions RENAME COLUMN \"TokenId\" TO \"Was\"");
        Assert.ThrowsAny<SqliteException>(() => IsUsed("a"));
        using (var other = _engine.OpenReader(_ => false))
            other.Database.ExecuteSqlRaw("ALTER TABLE used_assertions RENAME COLUMN \"Was\" TO \"TokenId\"");
        Assert.True(IsUsed("a"));
    }

    [Fact]
    public void LongValue_IsNotLeftBoundToAStatement()
    {
        const string takesShort = "INSERT INTO used_assertions VALUES ('short', hex({0}), 0)";
        const string takesLong = "INSERT INTO used_assertions VALUES ('long', hex({0}), 0)";
        var before = Held();
        _db.Database.ExecuteSqlRaw(takesShort, new byte[4096]);
        var after = Held();
        Assert.InRange(after - before, 4096, 5 * 4096);
        _db.Database.ExecuteSqlRaw(takesLong, new byte[4097]);
        Assert.Equal(after, Held());
        Assert.Equal([4097, 4096], All().Select(used => used.TokenId.Length / 2).OrderDescending());
    }

    [Fact]
    public void Statements_OfManyTexts_DoNotGrowWithoutEnd()
    {
        Use("a");
        var held = new List<int>();
        foreach (var number in Enumerable.Range(100, 900))
        {
            Assert.Equal(1, _db.Set<UsedAssertion>().Count(used => used.TokenId != EF.Constant($"{number}")));
            held.Add(Held());
        }
        Assert.InRange(held.Max(), held[50], held[50] * 3);
    }

    [Fact]
    public void Statements_ForManyRowsAtOnce_AreNotKept()
    {
        Use("a");
        var held = Held();
        _db.AddRange(
            Enumerable
                .Range(100, 100)
                .Select(number => new UsedAssertion
                {
                    ClientId = "client",
                    TokenId = $"{number}",
                    ExpiresAt = DateTimeOffset.UnixEpoch,
                })
        );
        _db.SaveChanges();
        Assert.Equal(held, Held());
        Assert.Equal(101, All().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reader_ThatIsClosed_LeavesNoFileOpen(bool waits)
    {
        Assert.Equal(0, await _db.Set<UsedAssertion>().CountAsync(TestContext.Current.CancellationToken));
        Assert.Contains(OpenFiles(), IsOurs);
        if (waits)
            await _db.DisposeAsync();
        else
            _db.Dispose();
        SqliteConnection.ClearAllPools();
        Assert.DoesNotContain(OpenFiles(), IsOurs);
    }

    private bool IsOurs(string file) =>
        file.StartsWith(_folder, StringComparison.Ordinal) && file.EndsWith(".db", StringComparison.Ordinal);

    private static IEnumerable<string> OpenFiles() =>
        new DirectoryInfo("/proc/self/fd").EnumerateFiles().Select(file => file.LinkTarget ?? "");

    private IEnumerable<UsedAssertion> All() => _db.Set<UsedAssertion>().OrderBy(used => used.TokenId).AsEnumerable();

    private bool IsUsed(string id) => _db.Set<UsedAssertion>().Any(used => used.TokenId == id);

    private void Use(string id)
    {
        _db.Add(
            new UsedAssertion
            {
                ClientId = "client",
                TokenId = id,
                ExpiresAt = DateTimeOffset.UnixEpoch,
            }
        );
        _db.SaveChanges();
        _db.ChangeTracker.Clear();
    }

    // Bytes of all prepared statements of this connection, as SQLite itself counts them (sqlite.org/c3ref/c_dbstatus_options.html).
    private int Held()
    {
        var handle = ((SqliteConnection)_db.Database.GetDbConnection()).Handle!;
        Assert.Equal(0, raw.sqlite3_db_status(handle, op: 3, out var bytes, out _, resetFlg: 0));
        return bytes;
    }
}
