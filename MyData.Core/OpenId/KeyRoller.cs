using Microsoft.Extensions.Hosting;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.OpenId;

/// <summary>Announces the next signing key when its time has come; every node may run it, the first one's key counts.</summary>
public sealed class KeyRoller(SigningKeys keys, IWriter writer, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            if (keys.RollIfDue())
                await writer.WriteAsync(
                    scope => scope.Raise(new Event { Kind = EventKinds.KeyRolled, Actor = "platform" }),
                    stoppingToken
                );
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
