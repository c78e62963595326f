using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>Rows are put right, and come back, on either database, and what guards them stands again afterwards.</summary>
public abstract class RowHealingTests(Engine engine) : IAsyncLifetime
{
    private static readonly Guid[] People = [new(1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1)];
    private WitnessedHost _all = null!;

    private CoreHost Host => _all.Host;

    public async ValueTask InitializeAsync()
    {
        _all = await WitnessedHost.StartAsync(engine);
        await Host.RecordAsync(300, People);
        await _all.AllHaveAsync(Host, 300);
    }

    public ValueTask DisposeAsync() => _all.DisposeAsync();

    [Fact]
    public async Task Rows_ThatAreBent_ArePutRight()
    {
        var wrong = (await Host.AllAsync<LedgerEntryRow>()).Single(e => e.Index == 7).Bytes;
        wrong[20] ^= 1;
        byte[] root = [1];
        Bend("ledger_entries", $"UPDATE ledger_entries SET \"Bytes\" = {wrong} WHERE \"Idx\" = 7");
        Bend("ledger_entries", $"DELETE FROM ledger_entries WHERE \"Idx\" = 9");
        Bend(
            "ledger_tags",
            $"DELETE FROM ledger_tags WHERE \"Entry\" = (SELECT \"Id\" FROM ledger_entries WHERE \"Idx\" = 11)"
        );
        Bend("ledger_checkpoints", $"UPDATE ledger_checkpoints SET \"Root\" = {root}");
        Bend("ledger_logs", $"UPDATE ledger_logs SET \"Key\" = 'x'");
        var report = await Host.Get<LedgerScrub>().RoundAsync(Stop);
        string[] places = ["ledger_checkpoints", "ledger_entries", "ledger_entries", "ledger_logs", "ledger_tags"];
        Assert.Equal(places, report.Found.Select(one => one.Place!).Order(StringComparer.Ordinal));
        Assert.All(report.Found, one => Assert.Equal(LedgerIncidents.Healed, one.Code));
        Assert.Empty((await Host.Get<LedgerScrub>().RoundAsync(Stop)).Found);
        foreach (var table in places)
            Assert.Contains(
                LedgerTriggers.Refusal,
                Assert.ThrowsAny<System.Data.Common.DbException>(() => Run(db => Delete(db, table))).Message,
                StringComparison.Ordinal
            );
        await Host.RecordAsync(3, People);
        await Host.PassAsync();
        await Host.CheckAsync();
    }

    [Fact]
    public async Task Database_WithoutTheLog_GetsItBack()
    {
        var folder = Directory.CreateTempSubdirectory("mydata-core-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        File.Copy(
            Path.Combine(Host.Folder, "keys", PlatformKeys.LedgerKeyName),
            Path.Combine(folder, "keys", PlatformKeys.LedgerKeyName)
        );
        await Host.Services.DisposeAsync();
        var copy = _all.Open(folder);
        await copy.WitnessAsync();
        await copy.RecordAsync(3, People);
        await copy.PassAsync();
        Assert.Equal(303, copy.Log().Tree.Edge.Size);
        await copy.CheckAsync();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static void Delete(MyDataDb db, string table)
    {
        db.Database.OpenConnection();
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "DELETE FROM " + table;
        command.ExecuteNonQuery();
    }

    private void Run(Action<MyDataDb> work)
    {
        using var db = Host.Get<IDbContextFactory<MyDataDb>>().CreateDbContext();
        work(db);
    }

    private void Bend(string table, FormattableString sql) =>
        Run(db =>
        {
            using var transaction = db.Database.BeginTransaction();
            LedgerMends.Unguarded(db, table, () => Assert.NotEqual(0, db.Database.ExecuteSql(sql)));
            transaction.Commit();
        });
}

public sealed class SqliteRowHealingTests() : RowHealingTests(Engine.Sqlite);

public sealed class PostgresRowHealingTests() : RowHealingTests(Engine.Postgres);
