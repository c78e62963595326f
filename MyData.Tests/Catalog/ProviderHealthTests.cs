using MyData.Core.Catalog;
using MyData.Tests.Support;

namespace MyData.Tests.Catalog;

public abstract class ProviderHealthTests(Engine engine) : IAsyncDisposable
{
    private readonly CatalogueHouse _house = new(engine);

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Health_BeforeTheFirstHeartbeat_IsUnknown()
    {
        await _house.Catalogue.ImportAsync(SampleListings.All);
        Assert.Equal(ProviderState.Unknown, (await HealthAsync()).State);
    }

    [Theory]
    [InlineData(200, ProviderState.Up)]
    [InlineData(500, ProviderState.Down)]
    [InlineData(302, ProviderState.Down)]
    [InlineData(503, ProviderState.Maintenance)]
    public async Task Health_AfterAnAnswer_SaysWhatItMeans(int status, ProviderState state)
    {
        var health = await AskAsync(_ => Task.FromResult(new HeartbeatAnswer(status, TimeSpan.FromHours(2))));
        Assert.Equal(state, health.State);
        Assert.Equal(status == 200 ? _house.Time.GetUtcNow() : null, health.LastSeen);
        Assert.Equal(status == 503 ? _house.Time.GetUtcNow().AddHours(2) : null, health.MaintenanceUntil);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000_000)]
    public async Task Health_MaintenanceForAnImpossibleTime_NamesNone(int seconds)
    {
        var health = await AskAsync(_ => Task.FromResult(new HeartbeatAnswer(503, TimeSpan.FromSeconds(seconds))));
        Assert.Equal((ProviderState.Maintenance, null), (health.State, health.MaintenanceUntil));
    }

    [Fact]
    public async Task Health_AnswerAfterTwoSeconds_IsSlow()
    {
        var health = await AskAsync(_ =>
        {
            _house.Time.Advance(TimeSpan.FromSeconds(2));
            return Task.FromResult(new HeartbeatAnswer(200, null));
        });
        Assert.Equal(ProviderState.Slow, health.State);
    }

    [Fact]
    public async Task Health_NoAnswerInFiveSeconds_IsDownAndTheOthersAreAsked()
    {
        var asked = new TaskCompletionSource();
        await _house.Catalogue.ImportAsync(SampleListings.All);
        _house.Answers.ByPath["/agencies/ris"] = async token =>
        {
            asked.SetResult();
            return await new TaskCompletionSource<HeartbeatAnswer>().Task.WaitAsync(token);
        };
        var round = _house.Monitor.AskAllAsync(CancellationToken.None);
        await asked.Task;
        _house.Time.Advance(HeartbeatCall.Limit);
        await round;
        Assert.Equal(ProviderState.Down, (await HealthAsync()).State);
        Assert.Equal(ProviderState.Up, (await _house.Catalogue.FindAsync("API.Vehicle"))!.Health.State);
    }

    [Fact]
    public async Task Health_DownAfterUp_StillSaysWhenItWasLastSeen()
    {
        var seen = (await AskAsync(_ => Task.FromResult(new HeartbeatAnswer(200, null)))).LastSeen;
        _house.Time.Advance(TimeSpan.FromMinutes(5));
        var health = await AskAsync(_ => throw new HttpRequestException("refused"));
        Assert.Equal((ProviderState.Down, seen), (health.State, health.LastSeen));
    }

    [Fact]
    public async Task Start_TimingsThatCannotBeRead_StopsNothing()
    {
        await _house.Catalogue.ImportAsync(SampleListings.All);
        await _house.BreakTimingsAsync();
        var asked = new TaskCompletionSource();
        _house.Answers.ByPath["/agencies/ris"] = _ =>
        {
            asked.TrySetResult();
            return Task.FromResult(new HeartbeatAnswer(200, null));
        };
        await _house.Monitor.StartAsync(TestContext.Current.CancellationToken);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.False(_house.Monitor.ExecuteTask!.IsFaulted);
        await _house.Monitor.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Timings_FewerThanFiveAnswers_SayNothingYet()
    {
        await _house.Catalogue.ImportAsync(SampleListings.All);
        for (var i = 0; i < 4; i++)
            _house.Timings.Add("API.Household", TimeSpan.FromSeconds(9), ok: true);
        var view = await _house.Catalogue.FindAsync("API.Household");
        Assert.Null(view!.Health.P90Seconds);
        Assert.Equal(SampleListings.Household.UsualWait, view.ExpectedWait);
    }

    [Fact]
    public async Task Timings_OfTheLastFifty_SurviveARestart()
    {
        await _house.Catalogue.ImportAsync(SampleListings.All);
        for (var i = 0; i < 100; i++)
            _house.Timings.Add("API.Household", TimeSpan.FromSeconds(1000), ok: true);
        for (var second = 1; second <= 40; second++)
            _house.Timings.Add("API.Household", TimeSpan.FromSeconds(second), ok: true);
        for (var i = 0; i < 10; i++)
            _house.Timings.Add("API.Household", TimeSpan.FromSeconds(30), ok: false);
        await _house.Timings.SaveAsync();
        await _house.RestartAsync();
        _house.Timings.Add("API.Household", TimeSpan.FromSeconds(41), ok: true);
        await _house.Timings.LoadAsync();
        var health = await HealthAsync();
        // 2 to 41 s remain, and ten failures: nearest rank 20 of 40, and 36 of 40.
        Assert.Equal((21, 37), (health.MedianSeconds, health.P90Seconds));
        Assert.Equal((50, 10), (health.Samples, health.Failures));
    }

    private async Task<ProviderHealth> HealthAsync() => (await _house.Catalogue.FindAsync("API.Household"))!.Health;

    private async Task<ProviderHealth> AskAsync(Func<CancellationToken, Task<HeartbeatAnswer>> answer)
    {
        await _house.Catalogue.ImportAsync([SampleListings.Registry]);
        _house.Answers.ByPath["/agencies/ris"] = answer;
        await _house.Monitor.AskAllAsync(CancellationToken.None);
        return await HealthAsync();
    }
}

public sealed class SqliteProviderHealthTests() : ProviderHealthTests(Engine.Sqlite);

public sealed class PostgresProviderHealthTests() : ProviderHealthTests(Engine.Postgres);
