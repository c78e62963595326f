using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>A record of the old year's last moment is witnessed before anything leaves in the new one.</summary>
public abstract class YearTurnTests : IAsyncDisposable
{
    private readonly Asked _quorum = new();
    private readonly CoreHost _host;

    protected YearTurnTests(Engine engine) =>
        _host = new CoreHost(
            services => services.Replace(ServiceDescriptor.Singleton<ILedgerQuorum>(_quorum)),
            engine: engine
        );

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Gate_AfterTheTurn_AsksForTheOldLogsEndToo()
    {
        var midnight = new DateTimeOffset(_host.Time.GetUtcNow().Year + 1, 1, 1, 0, 0, 0, TimeSpan.Zero);
        _host.Time.Advance(midnight - _host.Time.GetUtcNow() - TimeSpan.FromMilliseconds(100));
        await WriteAsync();
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await WriteAsync();
        await _host.Get<IReleaseGate>().PassAsync(TestContext.Current.CancellationToken);
        var logs = _host.Get<OpenLogs>();
        string[] both = [logs.Find(midnight.Year)!.Origin, logs.Find(midnight.Year - 1)!.Origin];
        Assert.Equal(both, _quorum.For.Select(checkpoint => checkpoint.Origin));
        Assert.All(_quorum.For, checkpoint => Assert.Equal(1, checkpoint.Size));
    }

    private Task WriteAsync() =>
        _host.WriteAsync(scope => scope.Raise(new Event { Kind = EventKinds.KeyRolled, Actor = "platform" }));

    private sealed class Asked : ILedgerQuorum
    {
        public List<Checkpoint> For { get; } = [];

        public Task WaitAsync(Checkpoint checkpoint, CancellationToken token)
        {
            For.Add(checkpoint);
            return Task.CompletedTask;
        }
    }
}

public sealed class SqliteYearTurnTests() : YearTurnTests(Engine.Sqlite);

public sealed class PostgresYearTurnTests() : YearTurnTests(Engine.Postgres);
