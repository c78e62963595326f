using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Transfers;

/// <summary>Runs what is due. At start it takes up what a stop or a crash left, on the same path as anything new.</summary>
public sealed class TransferRunner(
    TransferQueue queue,
    TransferSteps steps,
    TransferCall calls,
    CommittedEvents committed,
    IDbContextFactory<MyDataDb> databases,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<TransferRunner> log
) : BackgroundLoop
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        // Her no, a consent taken back, an account closed: what she has ended has nobody who waits for an agency.
        using var listening = committed.Listen(happened =>
        {
            if (
                happened is { Kind: EventKinds.TransferFailed, TransferId: { } ended }
                && TransferCodes.IsBrokenOff(happened.Code)
            )
                queue.BreakOff(ended);
        });
        if (!await StartedAsync(stopping))
            return;
        while (!await TakeUpAsync(stopping))
            await Task.Delay(Again, time, stopping);
        while (!stopping.IsCancellationRequested)
        {
            var id = await queue.TakeAsync(stopping);
            _ = Task.Run(() => calls.RunAsync(id, stopping), stopping);
        }
    }

    /// <summary>False where the database could not be written just now: nothing is lost, it is taken up in a moment.</summary>
    private async Task<bool> TakeUpAsync(CancellationToken token)
    {
        try
        {
            await steps.RecoverAsync(token);
            foreach (var (id, at) in await WaitingAsync(token))
                queue.Add(id, at);
            return true;
        }
        catch (Exception failure) when (!IsStop(failure, token))
        {
            log.LogError(failure, "What was under way could not be taken up; trying again");
            return false;
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
