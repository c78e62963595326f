using Microsoft.Extensions.DependencyInjection;

namespace MyData.Core.Catalog;

public static class CatalogSetup
{
    /// <summary>Needs an <see cref="IProviderAddresses"/> and an <see cref="IProviderHeartbeat"/> from the host.</summary>
    public static IServiceCollection AddCatalog(this IServiceCollection services)
    {
        services.AddSingleton<Catalogue>();
        services.AddSingleton<CounterServices>();
        services.AddSingleton<OnlineServices>();
        services.AddSingleton<ProviderTimings>();
        services.AddSingleton<ProviderHeartbeats>();
        services.AddSingleton<HeartbeatCall>();
        services.AddHostedService<ProviderHealthMonitor>();
        return services;
    }
}
