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

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task AddAsync(string code, string witness, byte[] theirs) =>
        _host.Get<LedgerIncidents>().AddAsync(new Incident(code, "x") { Witness = witness, Theirs = theirs }, Stop);

    private Task<IReadOnlyList<Incident>> ListAsync() => _host.Get<LedgerIncidents>().ListAsync(99, Stop);
}

public sealed class SqliteLedgerIncidentTests() : LedgerIncidentTests(Engine.Sqlite);

public sealed class PostgresLedgerIncidentTests() : LedgerIncidentTests(Engine.Postgres);
