using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>What a page of records costs, whatever a stranger asks.</summary>
public abstract class LedgerRecordsTests(Engine engine) : IAsyncDisposable
{
    private readonly CoreHost _host = new(engine: engine);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Page_OfWhatIsRare_LooksAtABoundedNumberAndSaysWhereToGoOn()
    {
        await RaiseAsync(EventKinds.KeyRolled, 1);
        await RaiseAsync(EventKinds.CatalogChanged, LedgerRecords.MostLooked + 10);
        var records = _host.Get<LedgerRecords>();
        var year = _host.Log().Year;
        var rare = new RecordFilter { Operation = EventKinds.KeyRolled };
        var first = (await records.PageAsync(year, rare, before: null, Stop))!;
        Assert.Empty(first.Records);
        Assert.Equal((LedgerRecords.MostLooked, 11L), (first.Looked, first.Next));
        var second = (await records.PageAsync(year, rare, first.Next, Stop))!;
        Assert.Equal(0, Assert.Single(second.Records).Index);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Page_OfTimesThatAreOver_FindsTheirBeginningWithoutReadingAll()
    {
        await RaiseAsync(EventKinds.CatalogChanged, 40);
        var records = _host.Get<LedgerRecords>();
        var past = new RecordFilter { To = DateTimeOffset.UnixEpoch };
        var page = (await records.PageAsync(_host.Log().Year, past, before: null, Stop))!;
        Assert.Empty(page.Records);
        Assert.InRange(page.Looked, 0, 1);
        Assert.Null(await records.PageAsync(1999, past, before: null, Stop));
    }

    private Task RaiseAsync(string kind, int times) =>
        _host.WriteAsync(scope =>
        {
            for (var i = 0; i < times; i++)
                scope.Raise(new Event { Kind = kind, Actor = "platform" });
        });
}

public sealed class SqliteLedgerRecordsTests() : LedgerRecordsTests(Engine.Sqlite);

public sealed class PostgresLedgerRecordsTests() : LedgerRecordsTests(Engine.Postgres);
