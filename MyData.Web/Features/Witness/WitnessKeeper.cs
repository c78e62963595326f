using MyData.Core.Data;

namespace MyData.Web.Features.Witness;

/// <summary>Has the witness write its files, a second behind what it cosigned.</summary>
public sealed partial class WitnessKeeper(
    Core.Witnessing.Witness witness,
    TimeProvider time,
    ILogger<WitnessKeeper> log
) : BackgroundLoop
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
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
}
