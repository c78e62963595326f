using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Tests.Ledger;
using MyData.Tests.Support;
using Npgsql;

namespace MyData.Tests.Data;

/// <summary>
/// What a server does to the portal that writes to it: whatever breaks, no write that was acknowledged is lost, none is there twice, the
/// log is whole, and it goes on without a restart.
/// </summary>
public sealed class PostgresFaultTests : IAsyncDisposable
{
    private readonly PostgresServer _server = new();
    private readonly CoreHost _host;
    private readonly ConcurrentBag<string> _acknowledged = [];

    public PostgresFaultTests() => _host = new CoreHost(database: _server.NewDatabase());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Database => new NpgsqlConnectionStringBuilder(_host.ConnectionString).Database!;

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task Sessions_EndedByTheServerUnderLoad_LoseAndDoubleNothing()
    {
        using var over = new CancellationTokenSource();
        var writers = Writers(over.Token);
        for (var i = 0; i < 12; i++)
        {
            await AcknowledgedAsync(40);
            EndSessions();
        }
        await over.CancelAsync();
        await writers;
        await CheckAsync();
    }

    [Fact]
    public async Task Server_KilledUnderLoad_KeepsEveryAcknowledgedWrite()
    {
        for (var i = 0; i < 3; i++)
        {
            using var over = new CancellationTokenSource();
            var writers = Writers(over.Token);
            await AcknowledgedAsync(100);
            _server.Kill();
            await Assert.ThrowsAsync<LedgerException>(() => WriteAsync("while it is away"));
            _server.Start();
            await AcknowledgedAsync(100);
            await over.CancelAsync();
            await writers;
        }
        await CheckAsync();
        await _host.RestartAsync();
        await CheckAsync();
    }

    [Fact]
    public async Task Session_EndedWhileNobodyWrites_IsNoticedByNobody()
    {
        await WriteAsync("before");
        EndSessions();
        // Under load a session is believed to stand for some moments after its last use: they are over at the second look.
        var looks = 0;
        await Eventually.HoldsAsync(_host.Get<CommittedEvents>(), "quiet", () => Task.FromResult(++looks > 1));
        await WriteAsync("after");
        await CheckAsync();
    }

    [Fact]
    public async Task Commit_ThatTheOtherMachinesDoNotConfirm_IsRefusedAndNotSigned()
    {
        await WriteAsync("first");
        _server.Execute("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        _server.Execute("postgres", "SELECT pg_reload_conf()");
        // The server minds a setting some moments after it was told.
        var confirmed = 0;
        LedgerException? refused;
        while (
            (refused = await Record.ExceptionAsync(() => WriteAsync($"unconfirmed {confirmed}")) as LedgerException)
                is null
        )
            confirmed++;
        Assert.Equal(Writing.Unavailable, refused.Code);
        Assert.Equal(1 + confirmed, _host.Log(2026).Published!.Checkpoint.Size);
        refused = await Assert.ThrowsAsync<LedgerException>(() => WriteAsync("never begun"));
        Assert.Equal(Writing.Unavailable, refused.Code);
        Assert.Equal(1 + confirmed, _host.Log(2026).Published!.Checkpoint.Size);
        _server.Execute("postgres", "ALTER SYSTEM RESET synchronous_standby_names");
        _server.Execute("postgres", "SELECT pg_reload_conf()");
        await WriteAsync("last");
        // The first of the two was on this machine's disk already: nobody knew, and now it is confirmed. The second never began.
        var kinds = (await _host.EventsAsync()).Select(e => e.Kind).ToList();
        string[] expected = ["first", .. Enumerable.Range(0, confirmed + 1).Select(i => $"unconfirmed {i}"), "last"];
        Assert.Equal(expected, kinds);
        await CheckAsync();
    }

    [Fact]
    public async Task Portal_OnADatabaseThatAnotherUses_IsRefused()
    {
        var refused = Assert.Throws<StartRefusedException>(() => new CoreHost(database: _host.ConnectionString));
        Assert.Contains("another process", refused.Message, StringComparison.Ordinal);
        await WriteAsync("the first goes on");
        await CheckAsync();
    }

    [Theory]
    [InlineData("fsync", "off")]
    [InlineData("full_page_writes", "off")]
    [InlineData("synchronous_commit", "off")]
    public async Task Server_ThatWouldLoseWrites_StopsTheStart(string setting, string value)
    {
        _server.Execute("postgres", $"ALTER SYSTEM SET {setting} = {value}");
        _server.Execute("postgres", "SELECT pg_reload_conf()");
        var refused = await Assert.ThrowsAsync<StartRefusedException>(_host.RestartAsync);
        Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatIsAStandby_StopsTheStart_AndRefusesWritesOfAPortalThatRuns()
    {
        await WriteAsync("first");
        _server.Stop();
        _server.BecomeStandby();
        _server.Start();
        Assert.Equal(Writing.Unavailable, (await Assert.ThrowsAsync<LedgerException>(() => WriteAsync("lost"))).Code);
        Assert.Equal("first", Assert.Single(await _host.EventsAsync()).Kind);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(_host.RestartAsync);
        Assert.Contains("standby", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatIsNotThere_StopsTheStartAndSaysSo()
    {
        _server.Stop();
        var refused = await Assert.ThrowsAsync<StartRefusedException>(_host.RestartAsync);
        Assert.Contains("PostgreSQL cannot be used", refused.Message, StringComparison.Ordinal);
        _server.Start();
    }

    [Fact]
    public async Task Readers_EndedByTheServer_FailOnceAtMostAndSayThatItIsForTheMoment()
    {
        await WriteAsync("first");
        var readers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(_host.EventsAsync, Stop)));
        Assert.All(readers, events => Assert.Single(events));
        EndSessions();
        for (var failures = 0; ; failures++)
        {
            Assert.True(failures <= 8, "Readers do not recover.");
            try
            {
                Assert.Single(await _host.EventsAsync());
                return;
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
            {
                Assert.True(Writing.IsUnavailable(failure), failure.ToString());
            }
        }
    }

    /// <summary>Twenty, each after the other, until told to end; who is refused tries again with another write.</summary>
    private Task Writers(CancellationToken over) =>
        Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(writer =>
                    Task.Run(
                        async () =>
                        {
                            for (var i = 0; !over.IsCancellationRequested; i++)
                            {
                                try
                                {
                                    await WriteAsync($"{writer}.{i}.{Guid.NewGuid():N}");
                                }
                                catch (LedgerException refused)
                                {
                                    Assert.Equal(Writing.Unavailable, refused.Code);
                                }
                            }
                        },
                        Stop
                    )
                )
        );

    private async Task WriteAsync(string kind)
    {
        await _host.WriteAsync(scope =>
            scope.Raise(
                new Event
                {
                    Kind = kind,
                    Actor = "citizen",
                    CitizenId = Ids.New(),
                }
            )
        );
        _acknowledged.Add(kind);
    }

    /// <summary>So many more.</summary>
    private async Task AcknowledgedAsync(int more)
    {
        var wanted = _acknowledged.Count + more;
        await Eventually.HoldsAsync(
            _host.Get<CommittedEvents>(),
            $"{wanted} writes",
            () => Task.FromResult(_acknowledged.Count >= wanted)
        );
    }

    private void EndSessions() =>
        _server.Execute(
            "postgres",
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Database}'"
        );

    private async Task CheckAsync()
    {
        // Opens the log again where the last thing that happened was a failure.
        await WriteAsync($"checked {Guid.NewGuid():N}");
        await _host.CheckAsync();
        var there = (await _host.EventsAsync()).Select(e => e.Kind).ToList();
        Assert.Equal(there.Count, there.Distinct().Count());
        Assert.Empty(_acknowledged.Except(there));
    }
}
