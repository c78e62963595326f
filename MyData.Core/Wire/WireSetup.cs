using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Transfers;
using MyData.Core.Wire.ServiceSide;

namespace MyData.Core.Wire;

public static class WireSetup
{
    public static IServiceCollection AddWire(this IServiceCollection services)
    {
        services.TryAddSingleton(new WireSettings());
        return services
            .AddSingleton<SealOnArrival>()
            .AddSingleton<IProviderWire, NationalWire>()
            .AddSingleton<NationalReturn>()
            .AddSingleton<NationalPersons>()
            .AddSingleton<EntryPlaces>()
            .AddSingleton<NationalEntry>()
            .AddSingleton<WireUploads>()
            .AddSingleton<NationalHandOver>()
            .AddSingleton<NationalFetch>()
            .AddSingleton<SpApiSender>()
            .AddHostedService(provider => provider.GetRequiredService<SpApiSender>())
            .AddSingleton<IEventFollower, WireFollower>()
            .AddPruning<WireDelivery>(
                WireDelivery.Table,
                (rows, now, keep) =>
                {
                    var ended = now - keep.EndedTransfers;
                    return rows.Where(d => d.EndedAt < ended);
                }
            )
            .AddPruning<WirePart>(WirePart.Table, (rows, now, _) => rows.Where(part => part.ExpiresAt < now));
    }
}
