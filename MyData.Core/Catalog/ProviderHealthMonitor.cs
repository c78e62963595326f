using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;

namespace MyData.Core.Catalog;

/// <summary>
/// Asks every listed agency each 30 s whether it is there, all at once, and waits 5 s for each. Stores the timings at the
/// same pace.
/// </summary>
public sealed class ProviderHealthMonitor(
    Catalogue catalogue,
    ProviderHeartbeats heartbeats,
    ProviderTimings timings,
    HeartbeatCall call,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ProviderHealthMonitor> log
) : BackgroundLoop
{
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    /// <summary>Asks every agency once.</summary>
    public async Task AskAllAsync(CancellationToken token)
    {
        var providers = await catalogue.ProvidersAsync(token);
        await Task.WhenAll(providers.Select(provider => AskAsync(provider, token)));
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        await LoadAsync(stopping);
        // The sandbox answers on this server's own port, which is known only now.
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var started = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(stopping);
        using var timer = new PeriodicTimer(Pace, time);
        do
        {
            try
            {
                await AskAllAsync(stopping);
                await timings.SaveAsync(stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                log.RoundFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    // Old samples only tell how long an agency usually takes: a database that cannot be read just now stops no portal.
    private async Task LoadAsync(CancellationToken token)
    {
        try
        {
            await timings.LoadAsync(token);
        }
        catch (Exception failure) when (!IsStop(failure, token))
        {
            log.TimingsNotRead(failure);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await timings.SaveAsync(cancellationToken);
    }

    private async Task AskAsync(ProviderListing provider, CancellationToken token)
    {
        var before = heartbeats.Of(provider.Id);
        var now = await call.AskAsync(provider, token);
        heartbeats.Set(provider.Id, now with { LastSeen = now.LastSeen ?? before.LastSeen });
        if (now.State != before.State)
            log.StateChanged(provider.Id, before.State, now.State);
    }
}

internal static partial class ProviderHealthLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Agency {Provider} went from {Before} to {Now}")]
    public static partial void StateChanged(this ILogger log, string provider, ProviderState before, ProviderState now);

    [LoggerMessage(Level = LogLevel.Error, Message = "The timings of before could not be read; they begin anew")]
    public static partial void TimingsNotRead(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of heartbeats failed")]
    public static partial void RoundFailed(this ILogger log, Exception failure);
}
