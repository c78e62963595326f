using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>A witness that says something new each time does not fill the table, nor hide what stops the ledger.</summary>
public abstract class LedgerIncidentTests(Engine engine) : IAsyncLifetime
{
    private readonly CoreHost _host = new(engine: engine);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Refusals_AreOneADayAndAWitness_AndStandBehindAFork()
    {
        await AddAsync("ledger.fork", "w1", [1]);
        for (byte day = 0; day < 2; day++)
        {
            _host.Time.Advance(TimeSpan.FromDays(1));
            foreach (var witness in (string[])["w1", "w2"])
                for (byte n = 0; n < 5; n++)
                    await AddAsync("witness.refused", witness, [day, n]);
        }
        var listed = await ListAsync();
        Assert.Equal(5, listed.Count);
        Assert.Equal("ledger.fork", listed[0].Code);
        Assert.All(listed.Skip(1), incident => Assert.Equal("witness.refused", incident.Code));
        Assert.True(listed[1].At > listed[4].At);
    }

    [Fact]
    public async Task Notes_AreKeptUpTo8Kilobytes()
    {
        await AddAsync("ledger.fork", "w1", new byte[8 * 1024]);
        await AddAsync("ledger.fork", "w2", new byte[8 * 1024 + 1]);
        var listed = await ListAsync();
        Assert.Equal(8 * 1024, Assert.Single(listed, incident => incident.Witness == "w1").Theirs!.Length);
        Assert.Null(Assert.Single(listed, incident => incident.Witness == "w2").Theirs);
    }

    [Fact]
    public async Task Pages_GoOnToTheOldest_EachOnce_WithWhatStopsTheLedgerFirst()
    {
        for (byte n = 0; n < 9; n++)
        {
            // Three of each moment.
            if (n % 3 == 0)
                _host.Time.Advance(TimeSpan.FromMinutes(1));
            await AddAsync(n is 1 or 7 ? "ledger.fork" : "witness.silent", "w1", [n]);
        }
        var incidents = _host.Get<LedgerIncidents>();
        var all = await ListAsync();
        Assert.Equal(["ledger.fork", "ledger.fork", "witness.silent"], all.Take(3).Select(one => one.Code));
        for (var most = 1; most <= 9; most++)
        {
            var (seen, pages, cursor) = (new List<string>(), 0, (string?)null);
            do
            {
                var page = (await incidents.PageAsync(most, cursor, Stop))!;
                seen.AddRange(page.Incidents.Select(one => one.Id));
                (cursor, pages) = (page.Next, pages + 1);
            } while (cursor is not null);
            Assert.Equal(all.Select(one => one.Id), seen);
            Assert.Equal((9 + most - 1) / most, pages);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000FF")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000ff")]
    public async Task Page_OfACursorThatNoPageGave_IsNone(string cursor)
    {
        await AddAsync("ledger.fork", "w1", [1]);
        Assert.Null(await _host.Get<LedgerIncidents>().PageAsync(9, cursor, Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task AddAsync(string code, string witness, byte[] theirs) =>
        _host.Get<LedgerIncidents>().AddAsync(new Incident(code, "x") { Witness = witness, Theirs = theirs }, Stop);

    private Task<IReadOnlyList<Incident>> ListAsync() => _host.Get<LedgerIncidents>().ListAsync(99, Stop);
}

public sealed class SqliteLedgerIncidentTests() : LedgerIncidentTests(Engine.Sqlite);

public sealed class PostgresLedgerIncidentTests() : LedgerIncidentTests(Engine.Postgres);
