using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyData.Core;
using MyData.Core.Data;
using MyData.Core.Recording;

namespace MyData.Load.Ledger;

/// <summary>
/// The ledger as the portal has it, in this process: the write queue, the log, its tiles and its rounds with the witnesses, on a database
/// and keys of its own; no pages, and nobody else's loops.
/// </summary>
public sealed class Engine : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IReadOnlyList<IHostedService> _loops;

    private Engine(ServiceProvider services)
    {
        _services = services;
        // The quorum is the loop that brings checkpoints to the witnesses.
        _loops = [Get<TileKeeper>(), (IHostedService)Get<ILedgerQuorum>()];
    }

    /// <param name="folder">of the log's tiles, and of keys where there are none yet</param>
    /// <param name="keys">a folder of keys that others know already</param>
    public static async Task<Engine> StartAsync(
        string database,
        string folder,
        LedgerSettings ledger,
        CancellationToken token,
        string? keys = null
    )
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(ledger with { Folder = Path.Combine(folder, "ledger") });
        services.AddMyDataCore(
            new DatabaseSettings { ConnectionString = database },
            new KeyFolder(keys ?? Path.Combine(folder, "keys"), mayCreate: true)
        );
        var provider = services.BuildServiceProvider();
        try
        {
            provider.PrepareDatabase();
            var engine = new Engine(provider);
            foreach (var loop in engine._loops)
                await loop.StartAsync(token);
            return engine;
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    public OpenLog Log => Get<OpenLogs>().Current!;

    public T Get<T>()
        where T : class => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in _loops)
            await loop.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}
