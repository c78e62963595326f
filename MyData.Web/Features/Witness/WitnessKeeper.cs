namespace MyData.Web.Features.Witness;

/// <summary>Has the witness write its files, a second behind what it cosigned.</summary>
public sealed partial class WitnessKeeper(
    Core.Witnessing.Witness witness,
    TimeProvider time,
    ILogger<WitnessKeeper> log
) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await witness.StoreAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                RoundFailed(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The copies' files were not written; the next round tries again")]
    private partial void RoundFailed(Exception failure);
}
