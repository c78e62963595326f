using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Catalog;

/// <summary>The catalogue over a database of its own; the agencies on the network are played by <see cref="Answers"/>.</summary>
internal sealed class CatalogueHouse : IAsyncDisposable
{
    private readonly string _folder;
    private ServiceProvider _services;

    public CatalogueHouse()
    {
        _folder = Directory.CreateTempSubdirectory("mydata-catalogue-").FullName;
        _services = Build();
        _services.PrepareDatabase();
    }

    public ManualTime Time { get; } = new();
    public FakeAgencies Answers { get; } = new();
    public Catalogue Catalogue => _services.GetRequiredService<Catalogue>();
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
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private ServiceProvider Build() =>
        new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IProviderAddresses>(Answers)
            .AddSingleton<IProviderHeartbeat>(Answers)
            .AddSingleton<IHostApplicationLifetime, Lifetime>()
            .AddData(
                new DatabaseSettings { ConnectionString = $"Data Source={Path.Combine(_folder, "catalogue.db")}" },
                new KeyFolder(Path.Combine(_folder, "keys"), mayCreate: true)
            )
            .AddRecording()
            .AddCatalog()
            .BuildServiceProvider();

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
