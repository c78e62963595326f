using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;

namespace MyData.Core.Transfers;

/// <summary>Ends what has run out: packages after their 8 hours, transfers past their deadline, the time for reports.</summary>
public sealed class TransferSweeper(
    TransferSteps steps,
    SideSweep sides,
    SideRebuild rebuild,
    IDbContextFactory<MyDataDb> databases,
    TimeProvider time,
    ILogger<TransferSweeper> log
) : BackgroundLoop
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private bool _rebuilt;

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                if (!_rebuilt)
                    await rebuild.WhereEmptyAsync(stopping);
                _rebuilt = true;
                await SweepAsync(stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                log.LogError(failure, "The sweep failed; the next one tries again");
            }
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    /// <summary>One round of sweeping.</summary>
    public async Task SweepAsync(CancellationToken token)
    {
        while (await AnyOverAsync(token) && await steps.ExpireAsync(token) > 0)
            token.ThrowIfCancellationRequested();
        foreach (var id in await PastDeadlineAsync(token))
            await steps.FailAsync(id, TransferCodes.NeverReady, token);
        await sides.SweepAsync(token);
    }

    private async Task<bool> AnyOverAsync(CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Transfer>().AnyAsync(t => t.State == TransferState.Ready && t.ExpiresAt <= now, token);
    }

    private async Task<List<Guid>> PastDeadlineAsync(CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Transfer>()
            .Where(t => t.State < TransferState.Ready && t.DeadlineAt <= now)
            .OrderBy(t => t.DeadlineAt)
            .Select(t => t.Id)
            .Take(100)
            .ToListAsync(token);
    }
}
