using Microsoft.Extensions.Hosting;

namespace MyData.Core.Data;

/// <summary>
/// Work that goes on until the portal stops. The host logs whatever ends such work as its failure and stops everything,
/// its own cancellation too where the start was refused: so that ends here.
/// </summary>
public abstract class BackgroundLoop : BackgroundService
{
    // Only a stop prevents that it begins.
    private CancellationToken _stopping = new(canceled: true);
    private Task? _work;

    public sealed override Task? ExecuteTask => _work;

    public sealed override Task StartAsync(CancellationToken cancellationToken)
    {
        var started = base.StartAsync(cancellationToken);
        _work = QuietAsync(base.ExecuteTask ?? Task.CompletedTask);
        return started;
    }

    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        return RunAsync(stoppingToken);
    }

    protected abstract Task RunAsync(CancellationToken stopping);

    /// <summary>Whether it ends because it was told to. Any other cancellation, such as of a call that took too long, is a failure.</summary>
    protected static bool IsStop(Exception failure, CancellationToken stopping) =>
        failure is OperationCanceledException && stopping.IsCancellationRequested;

    private async Task QuietAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception end) when (IsStop(end, _stopping))
        {
            // It was told to.
        }
    }
}
