using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>A log whose database somebody has in his hands, on either engine.</summary>
public abstract class BentRows(Engine engine, bool endsBent) : IAsyncDisposable
{
    protected Engine Engine => engine;

    protected CoreHost Host { get; } = new(engine: engine, endsBent: endsBent);

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected string LogFolder => Path.Combine(Host.LedgerFolder, "2026");

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    protected Task StoreAsync() => Host.Get<TileKeeper>().StoreAsync(Stop);

    /// <summary>A write for each, so that each has a checkpoint of its own.</summary>
    protected async Task WriteAsync(int records)
    {
        for (var i = 0; i < records; i++)
            await Host.WriteAsync(scope =>
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.SignInSucceeded,
                        Actor = "citizen",
                        CitizenId = Guid.Parse("0190b000-0000-7000-8000-000000000001"),
                    }
                )
            );
    }

    protected void Run(string sql)
    {
        using var db = Host.Get<IDbContextFactory<MyDataDb>>().CreateDbContext();
        db.Database.ExecuteSqlRaw(sql);
    }

    /// <summary>As somebody with the database in his hands would, who then puts the trigger back.</summary>
    protected void Flip(int index)
    {
        if (engine == Engine.Sqlite)
        {
            Run("DROP TRIGGER ledger_entries_fixed");
            Run(
                $"UPDATE ledger_entries SET Bytes = CAST(replace(Bytes, 'citizen', 'citizeN') AS BLOB) WHERE Idx = {index}"
            );
            Run(LedgerTriggers.Create.Single(t => t.Contains("ledger_entries_fixed", StringComparison.Ordinal)));
            return;
        }
        Run("ALTER TABLE ledger_entries DISABLE TRIGGER ledger_entries_fixed");
        Run(
            $"""
            UPDATE ledger_entries SET "Bytes" = convert_to(replace(convert_from("Bytes", 'UTF8'), 'citizen', 'citizeN'), 'UTF8')
            WHERE "Idx" = {index}
            """
        );
        Run("ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_entries_fixed");
    }

    /// <summary>What somebody has who kept the database as it is now, and the files beside it.</summary>
    protected (string Folder, string Database) Copy()
    {
        var copy = HostCopy.Of(Host.Folder, Host.ConnectionString, engine);
        return (copy.Folder, copy.Database ?? $"Data Source={Path.Combine(copy.Folder, "mydata.db")}");
    }
}
