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
    private readonly string _folder;
    private readonly Action<IServiceCollection>? _add;
    private readonly bool _endsBent;

    /// <param name="folder">that another host left, to go on from there; it goes with this host</param>
    /// <param name="engine">null: as the run says (<see cref="TestDatabase.Default"/>)</param>
    /// <param name="database">a connection string of the test's own</param>
    /// <param name="endsBent">the test leaves the log other than it was signed, on purpose (<see cref="WholeLog"/>)</param>
    public CoreHost(
        Action<IServiceCollection>? add = null,
        string? folder = null,
        Engine? engine = null,
        string? database = null,
        bool endsBent = false
    )
    {
        (_add, _endsBent) = (add, endsBent);
        _folder = folder ?? Directory.CreateTempSubdirectory("mydata-core-").FullName;
        ConnectionString = database ?? TestDatabase.New(engine ?? TestDatabase.Default, _folder);
        Services = Build();
    }

    public ManualTime Time { get; } = new();

    /// <summary>Database, keys and the log's files.</summary>
    public string Folder => _folder;

    public string ConnectionString { get; }

    /// <summary>The log's files, a folder a year.</summary>
    public string LedgerFolder => Path.Combine(_folder, "ledger");

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
        await Services.DisposeAsync();
        try
        {
            await WholeLog.RequireAsync(ConnectionString, LedgerFolder, _endsBent);
        }
        finally
        {
            TestDatabase.Close(ConnectionString);
            Directory.Delete(_folder, recursive: true);
        }
    }

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddMyDataCore(
            new DatabaseSettings { ConnectionString = ConnectionString, Folder = LedgerFolder },
            new KeyFolder(Path.Combine(_folder, "keys"), mayCreate: true)
        );
        _add?.Invoke(services);
        var provider = services.BuildServiceProvider();
        try
        {
            provider.PrepareDatabase();
            return provider;
        }
        catch
        {
            provider.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }
}
