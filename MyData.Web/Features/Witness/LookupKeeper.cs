using MyData.Core.Data;
using MyData.Core.Witnessing;

namespace MyData.Web.Features.Witness;

/// <summary>Keeps the indexes of tags and ids up to the copies, a second behind; after a start without them it makes them anew.</summary>
public sealed partial class LookupKeeper(WitnessReading reading, TimeProvider time, ILogger<LookupKeeper> log)
    : BackgroundLoop
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Often, time);
        do
        {
            try
            {
                await reading.KeepUpAsync(stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RoundFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An index of tags is behind its copy; the next round tries again")]
    private partial void RoundFailed(Exception failure);
}
