using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.OpenId;

/// <summary>
/// Announces the next signing key when its time has come, and takes the private half of those whose time is over; every
/// node may run it, the first one's key counts.
/// </summary>
public sealed partial class KeyRoller(SigningKeys keys, IWriter writer, TimeProvider time, ILogger<KeyRoller> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await RollAsync(stoppingToken);
            }
            // A full disk or a locked database must not take the portal down: there is a week to try again.
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                RollFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RollAsync(CancellationToken token)
    {
        if (keys.RollIfDue())
            await writer.WriteAsync(
                scope => scope.Raise(new Event { Kind = EventKinds.KeyRolled, Actor = "platform" }),
                token
            );
        foreach (var kid in keys.RetireOld())
            Retired(kid);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Signing key {Kid} is retired: its private half is gone")]
    private partial void Retired(string kid);

    [LoggerMessage(Level = LogLevel.Error, Message = "The signing keys could not be rolled; the next hour tries again")]
    private partial void RollFailed(Exception failure);
}
