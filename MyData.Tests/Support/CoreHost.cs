using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Tests.Support;

/// <summary>
/// The features of Core on a real database in a folder of their own, without a web server and without their loops, with a
/// clock that a test moves.
/// </summary>
public sealed class CoreHost : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-core-").FullName;
    private readonly Action<IServiceCollection>? _add;

    public CoreHost(Action<IServiceCollection>? add = null)
    {
        _add = add;
        Services = Build();
    }

    public ManualTime Time { get; } = new();

    public ServiceProvider Services { get; private set; }

    public T Get<T>()
        where T : class => Services.GetRequiredService<T>();

    public Task WriteAsync(Action<WriteScope> work) =>
        Get<IWriter>().WriteAsync(work, TestContext.Current.CancellationToken);

    public async Task<List<T>> AllAsync<T>()
        where T : class
    {
        await using var db = await Get<IDbContextFactory<MyDataDb>>().CreateDbContextAsync();
        return await db.Set<T>().ToListAsync();
    }

    /// <summary>Every event, oldest first.</summary>
    public async Task<List<Event>> EventsAsync() => [.. (await AllAsync<Event>()).OrderBy(e => e.Id)];

    /// <summary>A process that died and came back: what was in memory is gone, the database is as it was.</summary>
    public async Task RestartAsync()
    {
        await Services.DisposeAsync();
        Services = Build();
    }

    public async ValueTask DisposeAsync()
    {
        var database = Get<DatabaseSettings>().ConnectionString;
        await Services.DisposeAsync();
        SqliteConnection.ClearPool(new SqliteConnection(database));
        Directory.Delete(_folder, recursive: true);
    }

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddMyDataCore(
            new DatabaseSettings { ConnectionString = $"Data Source={Path.Combine(_folder, "mydata.db")}" },
            new KeyFolder(Path.Combine(_folder, "keys"), mayCreate: true)
        );
        _add?.Invoke(services);
        var provider = services.BuildServiceProvider();
        provider.PrepareDatabase();
        return provider;
    }
}
