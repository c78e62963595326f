using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;

namespace MyData.Core.Watch;

public static class WatchSetup
{
    /// <summary>The host adds <see cref="WatchSettings"/> and <see cref="AlarmMailSettings"/> where it has them.</summary>
    public static IServiceCollection AddWatch(this IServiceCollection services)
    {
        services.TryAddSingleton(new WatchSettings());
        services.AddSingleton<WatchRules>();
        services.AddSingleton<WatchCanaries>();
        services.AddSingleton<WatchIncidents>();
        services.AddSingleton<Watcher>();
        services.AddHostedService(provider => provider.GetRequiredService<Watcher>());
        services.AddSingleton<Alarms>();
        services.AddSingleton<AlarmMails>();
        services.AddHostedService(provider => provider.GetRequiredService<AlarmMails>());
        services.AddPruning<WatchCount>(
            "watch_counts",
            (rows, now, _) =>
            {
                var old = now - WatchRules.History - TimeSpan.FromDays(2);
                return rows.Where(count => count.Start < old);
            }
        );
        return services;
    }
}
