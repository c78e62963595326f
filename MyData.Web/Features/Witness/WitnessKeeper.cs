using MyData.Core.Data;

namespace MyData.Web.Features.Witness;

/// <summary>Has the witness write its files, a second behind what it cosigned, look at them again, heal what is wrong, and compare with the others.</summary>
public sealed partial class WitnessKeeper(
    Core.Witnessing.Witness witness,
    IHttpClientFactory clients,
    TimeProvider time,
    ILogger<WitnessKeeper> log
) : BackgroundLoop
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(20);

    protected override Task RunAsync(CancellationToken stopping) =>
        Task.WhenAll(StoreAsync(stopping), ScrubAsync(stopping), CompareAsync(stopping));

    private async Task CompareAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(witness.Compare, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                using var http = clients.CreateClient(WitnessHost.HttpName);
                await witness.CompareAsync(http, stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                CompareFailed(failure);
            }
        }
    }

    private async Task ScrubAsync(CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(First < witness.Scrub ? First : witness.Scrub, time, stopping);
            var start = time.GetTimestamp();
            try
            {
                using var http = clients.CreateClient(WitnessHost.HttpName);
                await witness.ScrubAsync(http, witness.Scrub / 2, stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                ScrubFailed(failure);
            }
            var rest = witness.Scrub - time.GetElapsedTime(start) - First;
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, time, stopping);
        }
    }

    private async Task StoreAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                using (var http = clients.CreateClient(WitnessHost.HttpName))
                    await witness.TendAsync(http, stopping);
                await witness.StoreAsync(stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RoundFailed(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The copies' files were not written; the next round tries again")]
    private partial void RoundFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The copies were not looked through; the next round tries again")]
    private partial void ScrubFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The copies were not compared; the next round tries again")]
    private partial void CompareFailed(Exception failure);
}
