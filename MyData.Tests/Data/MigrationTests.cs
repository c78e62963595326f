using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;

namespace MyData.Tests.Data;

public sealed class MigrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-migrations-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Migrations_Together_MakeExactlyTheModel()
    {
        using var db = new MyDataDb(new DbContextOptionsBuilder<MyDataDb>().UseSqlite("Data Source=:memory:").Options);
        Assert.False(db.Database.HasPendingModelChanges(), "The model has changed: add a migration to each set.");
    }

    [Fact]
    public void Migrations_OfPostgres_MakeExactlyTheModel()
    {
        using var db = new PostgresDb(new DbContextOptionsBuilder<MyDataDb>().UseNpgsql("Host=nowhere").Options);
        Assert.False(db.Database.HasPendingModelChanges(), "The model has changed: add a migration to each set.");
    }

    [Fact]
    public void Start_AfterAKillDuringMigration_DoesNotWaitForEver()
    {
        var connection = $"Data Source={Path.Combine(_folder, "killed.db")};Pooling=False";
        using (var left = new SqliteConnection(connection))
        {
            left.Open();
            using var command = left.CreateCommand();
            command.CommandText =
                "CREATE TABLE __EFMigrationsLock (Id INTEGER NOT NULL PRIMARY KEY, Timestamp TEXT NOT NULL);"
                + "INSERT INTO __EFMigrationsLock VALUES (1, '2026-01-01 00:00:00+00:00')";
            command.ExecuteNonQuery();
        }
        using var services = Services(connection);
        services.PrepareDatabase();
        using var db = services.GetRequiredService<IDbContextFactory<MyDataDb>>().CreateDbContext();
        Assert.Empty(db.Database.GetPendingMigrations());
    }

    [Fact]
    public void Start_WhileAnotherProcessHasTheDatabase_IsRefused()
    {
        var connection = $"Data Source={Path.Combine(_folder, "taken.db")};Pooling=False";
        using (var first = Services(connection))
        {
            first.PrepareDatabase();
            using var second = Services(connection);
            var refused = Assert.Throws<StartRefusedException>(second.PrepareDatabase);
            Assert.Contains("another process", refused.Message, StringComparison.Ordinal);
        }
        using var third = Services(connection);
        third.PrepareDatabase();
    }

    private ServiceProvider Services(string connection) =>
        new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddData(new DatabaseSettings { ConnectionString = connection }, new KeyFolder(_folder, mayCreate: true))
            .BuildServiceProvider();
}
