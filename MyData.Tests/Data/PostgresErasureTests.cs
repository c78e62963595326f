using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

/// <summary>What is erased gives its place back within seconds, while others write.</summary>
public sealed class PostgresErasureTests : IAsyncDisposable
{
    private readonly CoreHost _host = new(engine: Engine.Postgres);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Erase_SecondsLater_ThePlacesAreGivenBack()
    {
        var empty = await SizeAsync();
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            for (var number = 0; number < 4; number++)
                scope.Db.Add(
                    new PackageChunk
                    {
                        TransferId = Ids.New(),
                        Number = number,
                        Bytes = RandomNumberGenerator.GetBytes(384 * 1024),
                    }
                );
        });
        Assert.True(await SizeAsync() > empty + 1_000_000, "The chunks take no place at all.");
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Set<PackageChunk>().ExecuteDelete();
            scope.Erase();
        });
        Assert.True(await SizeAsync() > empty + 1_000_000, "PostgreSQL deletes at once, and this is not needed.");
        _host.Time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.HoldsAsync(
            _host.Get<CommittedEvents>(),
            "a small table",
            async () => await SizeAsync() < empty + 200_000
        );
    }

    /// <summary>Bytes of the chunks, with what PostgreSQL stores beside the table.</summary>
    private async Task<long> SizeAsync()
    {
        await using var db = await _host
            .Get<IDbContextFactory<MyDataDb>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        return await db
            .Database.SqlQueryRaw<long>("SELECT pg_table_size('package_chunks') AS \"Value\"")
            .SingleAsync(TestContext.Current.CancellationToken);
    }
}
