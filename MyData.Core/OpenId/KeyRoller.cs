using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.OpenId;

/// <summary>
/// Announces the next signing key when its time has come, and takes the private half of those whose time is over; every
/// node may run it, the first one's key counts.
/// </summary>
public sealed partial class KeyRoller(SigningKeys keys, IWriter writer, TimeProvider time, ILogger<KeyRoller> log)
    : BackgroundLoop
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await RollAsync(stopping);
            }
            // A full disk or a locked database must not take the portal down: there is a week to try again.
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RollFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stopping));
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
