using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using MyData.Core.Data;

namespace MyData.Core.Transfers;

/// <summary>Runs what is due. At start it takes up what a stop or a crash left, on the same path as anything new.</summary>
public sealed class TransferRunner(
    TransferQueue queue,
    TransferSteps steps,
    TransferCall calls,
    IDbContextFactory<MyDataDb> databases,
    IHostApplicationLifetime lifetime
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await StartedAsync(stoppingToken))
            return;
        await steps.RecoverAsync(stoppingToken);
        foreach (var (id, at) in await WaitingAsync(stoppingToken))
            queue.Add(id, at);
        while (!stoppingToken.IsCancellationRequested)
        {
            var id = await queue.TakeAsync(stoppingToken);
            _ = Task.Run(() => calls.RunAsync(id, stoppingToken), stoppingToken);
        }
    }

    /// <summary>Providers call back to the issuer, so none is called before the server listens.</summary>
    private async Task<bool> StartedAsync(CancellationToken token)
    {
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var up = lifetime.ApplicationStarted.Register(() => started.TrySetResult(true));
        await using var down = token.Register(() => started.TrySetResult(false));
        return await started.Task;
    }

    private async Task<List<(Guid Id, DateTimeOffset At)>> WaitingAsync(CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var waiting = await db.Set<Transfer>()
            .Where(t => t.State == TransferState.Requested || t.State == TransferState.Preparing)
            .Select(t => new { t.Id, t.NextAttemptAt })
            .ToListAsync(token);
        return [.. waiting.Select(t => (t.Id, t.NextAttemptAt))];
    }
}
