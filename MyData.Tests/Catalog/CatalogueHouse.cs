using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Catalog;

/// <summary>The catalogue over a database of its own; the agencies on the network are played by <see cref="Answers"/>.</summary>
internal sealed class CatalogueHouse : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _database;
    private ServiceProvider _services;

    public CatalogueHouse(Engine engine)
    {
        _folder = Directory.CreateTempSubdirectory("mydata-catalogue-").FullName;
        _database = TestDatabase.New(engine, _folder);
        _services = Build();
        _services.PrepareDatabase();
    }

    public ManualTime Time { get; } = new();
    public FakeAgencies Answers { get; } = new();
    public Catalogue Catalogue => _services.GetRequiredService<Catalogue>();
    public CounterServices Counters => _services.GetRequiredService<CounterServices>();
    public ProviderTimings Timings => _services.GetRequiredService<ProviderTimings>();
    public ProviderHealthMonitor Monitor =>
        _services.GetServices<IHostedService>().OfType<ProviderHealthMonitor>().Single();

    public async Task<List<Event>> EventsAsync()
    {
        await using var db = await _services.GetRequiredService<IDbContextFactory<MyDataDb>>().CreateDbContextAsync();
        return await db.Set<Event>().OrderBy(e => e.Id).ToListAsync();
    }

    /// <summary>Stored timings that no reader understands, as after a torn write.</summary>
    public Task BreakTimingsAsync() =>
        _services
            .GetRequiredService<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope.Db.Add(new DataSetTimingRow { DataSetId = "API.Household", Samples = "torn" });
            });

    /// <summary>A new process over the same database.</summary>
    public async Task RestartAsync()
    {
        await _services.DisposeAsync();
        _services = Build();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        TestDatabase.Close(_database);
        Directory.Delete(_folder, recursive: true);
    }

    private ServiceProvider Build() =>
        new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IProviderAddresses>(Answers)
            .AddSingleton<IProviderHeartbeat>(Answers)
            .AddSingleton<IHostApplicationLifetime, Lifetime>()
            .AddSingleton<INotices, NobodyTold>()
            .AddData(
                new DatabaseSettings { ConnectionString = _database, Folder = Path.Combine(_folder, "ledger") },
                new KeyFolder(Path.Combine(_folder, "keys"), mayCreate: true)
            )
            .AddCitizens()
            .AddRecording()
            .AddCatalog()
            .BuildServiceProvider();

    private sealed class NobodyTold : INotices
    {
        public void Queue(WriteScope scope, Guid citizenId, string kind, object parameters) { }

        public SealedParameter Seal(Guid citizenId, string value) => throw new NotSupportedException();

        public void Forget(WriteScope scope, Guid citizenId) { }
    }

    public sealed class FakeAgencies : IProviderAddresses, IProviderHeartbeat
    {
        /// <summary>By path: what the agency does when it is asked.</summary>
        public ConcurrentDictionary<string, Func<CancellationToken, Task<HeartbeatAnswer>>> ByPath { get; } = new();

        public Uri Resolve(string pathOrUrl) => new($"http://agencies.test{pathOrUrl}");

        public Task<HeartbeatAnswer> AskAsync(Uri heartbeat, CancellationToken token) =>
            ByPath.TryGetValue(heartbeat.AbsolutePath, out var answer)
                ? answer(token)
                : Task.FromResult(new HeartbeatAnswer(200, null));
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted { get; } = new(canceled: true);
        public CancellationToken ApplicationStopping => CancellationToken.None;
        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new NotSupportedException();
    }
}
