using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Tests.Transfers;

namespace MyData.Tests.Data;

/// <summary>What was deleted is soon in no file of the database any more, and the writer never waits long for that.</summary>
public sealed class LogErasureTests
{
    [Fact]
    public async Task Done_AMomentLater_CipherTextIsInNoFileOfTheDatabase()
    {
        await using var portal = Portal.Start(new() { Engine = Engine.Sqlite });
        using var lin = await Traveller.SignInAsync(portal);
        var consent = await lin.AgreeAsync("ds=API.7QovE2Gev6");
        var transfer = Assert.Single(await lin.SettledAsync(consent));
        using var answer = await lin.FetchAsync(transfer.Id);
        var package = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        // Anywhere within the cipher text: pages of the database hold less than 4 KiB of it in a row.
        var samples = Enumerable
            .Range(1, 9)
            .Select(part => new ReadOnlyMemory<byte>(package, package.Length * part / 10, 48))
            .ToList();
        Assert.True(Holds(portal, samples), "The search would find nothing at all.");

        var page = await lin.Browser.GetAsync($"/open/{consent}");
        await lin.Browser.PostAsync($"/download/{consent}/done");
        await Eventually.HoldsAsync(
            portal.Committed,
            $"no cipher text in the database's files ({page.Url})",
            () => Task.FromResult(!Holds(portal, samples))
        );
    }

    /// <summary>Sealed as it is: what is deleted is gone, also for whoever gets the keys one day.</summary>
    [Fact]
    public async Task AccountClosed_AMomentLater_HerSealedIdentityIsInNoFileOfTheDatabase()
    {
        await using var portal = Portal.Start(new() { Engine = Engine.Sqlite });
        using var lin = await Traveller.SignInAsync(portal);
        var citizen = await portal.ReadAsync(db => db.Set<Citizen>().SingleAsync());
        List<ReadOnlyMemory<byte>> samples = [citizen.Identity];
        Assert.True(Holds(portal, samples), "The search would find nothing at all.");
        await lin.Browser.GetAsync("/account/close");
        await lin.Browser.SubmitAsync("close");
        Assert.Equal("/account/closed", lin.Browser.Page.Path);
        await Eventually.HoldsAsync(
            portal.Committed,
            "no identity in the database's files",
            () => Task.FromResult(!Holds(portal, samples))
        );
    }

    [Fact]
    public async Task Erase_ManyWrites_EmptiesTheLogAtMostOnceInFiveSeconds()
    {
        await using var host = new CoreHost(engine: Engine.Sqlite);
        var log = new SqliteConnectionStringBuilder(host.Get<DatabaseSettings>().ConnectionString).DataSource + "-wal";
        await EraseAsync(host);
        Assert.NotEqual(0, new FileInfo(log).Length);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await NextAsync(host);
        Assert.True(new FileInfo(log).Length < 30_000, "The log holds the last write alone.");

        await EraseAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(4));
        await NextAsync(host);
        Assert.True(new FileInfo(log).Length > 30_000, "Emptied too often.");
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await NextAsync(host);
        Assert.True(new FileInfo(log).Length < 30_000, "Not emptied the second time.");
    }

    [Fact]
    public async Task Erase_AReaderInTheWay_IsTriedAgainAndWritesGoOn()
    {
        await using var host = new CoreHost(engine: Engine.Sqlite);
        var log = new SqliteConnectionStringBuilder(host.Get<DatabaseSettings>().ConnectionString).DataSource + "-wal";
        var stop = TestContext.Current.CancellationToken;
        await EraseAsync(host);
        await using (var reader = new SqliteConnection(host.Get<DatabaseSettings>().ConnectionString))
        {
            await reader.OpenAsync(stop);
            await using var snapshot = reader.BeginTransaction(deferred: true);
            await using var look = reader.CreateCommand();
            look.CommandText = "SELECT COUNT(*) FROM package_chunks";
            await look.ExecuteScalarAsync(stop);
            await EraseAsync(host);
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await NextAsync(host);
            Assert.True(new FileInfo(log).Length > 30_000, "Emptied below a reader's feet.");
        }
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await NextAsync(host);
        Assert.True(new FileInfo(log).Length < 30_000, "Not tried again.");
    }

    private static bool Holds(Portal portal, List<ReadOnlyMemory<byte>> samples) =>
        DatabaseFiles.Hold(portal.Services.GetRequiredService<DatabaseSettings>().ConnectionString, samples);

    /// <summary>Some pages in the log, and the word that they must leave it.</summary>
    private static Task EraseAsync(CoreHost host) =>
        host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Add(
                new PackageChunk
                {
                    TransferId = Guid.NewGuid(),
                    Number = 0,
                    Bytes = new byte[64 * 1024],
                }
            );
            scope.Erase();
        });

    /// <summary>Behind whatever is queued: the first write may share its batch with the emptying, the second comes after.</summary>
    private static async Task NextAsync(CoreHost host)
    {
        for (var i = 0; i < 2; i++)
            await host.WriteAsync(scope => scope.Bookkeeping());
    }
}
