using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using Npgsql;

namespace MyData.Tests.Ledger;

/// <summary>What somebody does to the rows or the files is refused, or found and located (ledger.md, "Faults").</summary>
public abstract class LedgerFaultTests(Engine engine) : BentRows(engine, endsBent: false)
{
    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public async Task Tile_WithAByteFlipped_IsMadeAnewAndKeptAsEvidence(int at)
    {
        await WriteAsync(300);
        await StoreAsync();
        var tile = Path.Combine(LogFolder, "tile", "0", "000");
        var right = await File.ReadAllBytesAsync(tile, Stop);
        var wrong = right.ToArray();
        wrong[at] ^= 1;
        await File.WriteAllBytesAsync(tile, wrong, Stop);
        await Host.RestartAsync();
        await StoreAsync();
        Assert.Equal(right, await File.ReadAllBytesAsync(tile, Stop));
        var evidence = Assert.Single(Directory.GetFiles(Path.Combine(LogFolder, "evidence")));
        Assert.Equal(wrong, await File.ReadAllBytesAsync(evidence, Stop));
        await WriteAsync(1);
        await Host.CheckAsync();
    }

    [Fact]
    public async Task Tiles_ThatAreGone_AreMadeAnewFromTheRows()
    {
        await WriteAsync(600);
        await StoreAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(LogFolder, "tile"), "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file, Stop);
            File.Delete(file);
            await Host.RestartAsync();
            await StoreAsync();
            await Host.CheckAsync();
            if (file.Contains("entries", StringComparison.Ordinal))
                continue;
            Assert.Equal(bytes, await File.ReadAllBytesAsync(file, Stop));
        }
        Directory.Delete(LogFolder, recursive: true);
        await Host.RestartAsync();
        await StoreAsync();
        Assert.Empty(Host.Log().Tree.Pending);
        await Host.CheckAsync();
    }

    [Fact]
    public async Task Database_OlderThanWhatWasPublished_StopsTheStart()
    {
        await WriteAsync(2);
        var (older, database) = Copy();
        await WriteAsync(2);
        await StoreAsync();
        var published = Path.Combine(older, "ledger", "2026", "checkpoint");
        Directory.CreateDirectory(Path.GetDirectoryName(published)!);
        File.Copy(Path.Combine(LogFolder, "checkpoint"), published);
        var refused = Assert.Throws<StartRefusedException>(() =>
            new CoreHost(folder: older, engine: Engine, database: database)
        );
        Assert.Contains("(ledger.rollback)", refused.Message, StringComparison.Ordinal);
        Directory.Delete(older, recursive: true);
    }

    [Fact]
    public async Task Key_ThatIsAnother_StopsTheStart()
    {
        await WriteAsync(1);
        var key = Path.Combine(Host.Folder, "keys", PlatformKeys.LedgerKeyName);
        await File.WriteAllBytesAsync(key, Ed25519PrivateKey.NewSeed(), Stop);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(Host.RestartAsync);
        Assert.Contains("(ledger.key)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_ThatCannotBeWritten_StopsReleasesAndRecoversWithoutARestart()
    {
        await WriteAsync(1);
        var gate = Host.Get<IReleaseGate>();
        await gate.PassAsync(Stop);
        Run(Engine.Refuse("ledger_checkpoints"));
        for (var again = 0; again < 2; again++)
            Assert.Equal("ledger.unavailable", (await Assert.ThrowsAsync<LedgerException>(() => WriteAsync(1))).Code);
        Assert.Null(Host.Get<OpenLogs>().Current);
        Run(Engine.Allow("ledger_checkpoints"));
        await gate.PassAsync(Stop);
        await WriteAsync(1);
        Assert.Equal(2, Host.Log().Published!.Checkpoint.Size);
        await Host.CheckAsync();
    }
}

public sealed class SqliteLedgerFaultTests() : LedgerFaultTests(Engine.Sqlite)
{
    [Theory]
    [InlineData("UPDATE ledger_entries SET Bytes = x'00'")]
    [InlineData("UPDATE ledger_entries SET Idx = Idx + 1")]
    [InlineData("UPDATE ledger_entries SET Idx = NULL")]
    [InlineData("UPDATE ledger_entries SET EventId = NULL")]
    [InlineData("DELETE FROM ledger_entries")]
    [InlineData("INSERT OR REPLACE INTO ledger_entries SELECT Id, Log, Idx, x'00', EventId FROM ledger_entries")]
    [InlineData("INSERT OR REPLACE INTO ledger_entries SELECT 'x', Log, Idx, x'00', NULL FROM ledger_entries")]
    [InlineData("INSERT OR REPLACE INTO ledger_entries (rowid, Id, Log, Bytes) VALUES (1, 'x', 1, x'00')")]
    [InlineData("UPDATE ledger_checkpoints SET Root = x'00'")]
    [InlineData("DELETE FROM ledger_checkpoints")]
    [InlineData("INSERT OR REPLACE INTO ledger_checkpoints SELECT Log, Size, x'00', NULL FROM ledger_checkpoints")]
    [InlineData("UPDATE ledger_tags SET Entry = 'x'")]
    [InlineData("DELETE FROM ledger_tags")]
    [InlineData("INSERT OR REPLACE INTO ledger_tags SELECT Tag, 'x' FROM ledger_tags")]
    [InlineData("UPDATE ledger_logs SET Origin = 'x'")]
    [InlineData("DELETE FROM ledger_logs")]
    [InlineData("INSERT OR REPLACE INTO ledger_logs SELECT Id, Year, 'x', Key FROM ledger_logs")]
    [InlineData("UPDATE ledger_people SET Key = x'00'")]
    [InlineData("DELETE FROM ledger_people")]
    [InlineData("UPDATE ledger_counters SET Next = 0")]
    public async Task Sql_ThatChangesWhatIsWritten_IsRefused(string sql)
    {
        await WriteAsync(1);
        var refused = Assert.Throws<SqliteException>(() => Run(sql));
        Assert.Contains(LedgerTriggers.Refusal, refused.Message, StringComparison.Ordinal);
        await Host.CheckAsync();
    }

    [Fact]
    public async Task Database_ThatAStrangerHolds_RefusesInSecondsAndGoesOnAfterwards()
    {
        await WriteAsync(1);
        using (var stranger = new SqliteConnection(Host.Get<DatabaseSettings>().ConnectionString))
        {
            stranger.Open();
            using var holds = stranger.BeginTransaction(deferred: false);
            var refused = await Assert.ThrowsAsync<LedgerException>(() =>
                WriteAsync(1).WaitAsync(TimeSpan.FromSeconds(20))
            );
            Assert.Equal(Writing.Unavailable, refused.Code);
        }
        await WriteAsync(1);
        await Host.CheckAsync();
        Assert.Equal(2, Host.Log().Published!.Checkpoint.Size);
    }
}

public sealed class PostgresLedgerFaultTests() : LedgerFaultTests(Engine.Postgres)
{
    [Theory]
    [InlineData("""UPDATE ledger_entries SET "Bytes" = '\x00'""")]
    [InlineData("""UPDATE ledger_entries SET "Idx" = "Idx" + 1""")]
    [InlineData("""UPDATE ledger_entries SET "Idx" = NULL""")]
    [InlineData("""UPDATE ledger_entries SET "EventId" = NULL""")]
    [InlineData("DELETE FROM ledger_entries")]
    [InlineData("TRUNCATE ledger_entries")]
    [InlineData(
        """INSERT INTO ledger_entries SELECT * FROM ledger_entries ON CONFLICT ("Id") DO UPDATE SET "Bytes" = '\x00'"""
    )]
    [InlineData(
        """MERGE INTO ledger_entries AS e USING ledger_entries AS f ON e."Id" = f."Id" WHEN MATCHED THEN DELETE"""
    )]
    [InlineData("""SET session_replication_role = replica; DELETE FROM ledger_entries""")]
    [InlineData("""UPDATE ledger_checkpoints SET "Root" = '\x00'""")]
    [InlineData("DELETE FROM ledger_checkpoints")]
    [InlineData("TRUNCATE ledger_checkpoints")]
    [InlineData("""UPDATE ledger_tags SET "Entry" = gen_random_uuid()""")]
    [InlineData("DELETE FROM ledger_tags")]
    [InlineData("""UPDATE ledger_logs SET "Origin" = 'x'""")]
    [InlineData("DELETE FROM ledger_logs")]
    [InlineData("""UPDATE ledger_people SET "Key" = '\x00'""")]
    [InlineData("DELETE FROM ledger_people")]
    [InlineData("""UPDATE ledger_counters SET "Next" = 0""")]
    [InlineData("TRUNCATE ledger_counters")]
    public async Task Sql_ThatChangesWhatIsWritten_IsRefused(string sql)
    {
        await WriteAsync(1);
        var database = new NpgsqlConnectionStringBuilder(Host.ConnectionString).Database!;
        var refused = Assert.Throws<PostgresException>(() => PostgresServer.Shared.Execute(database, sql));
        Assert.Equal(LedgerTriggers.Refusal, refused.MessageText);
        await Host.CheckAsync();
    }
}
