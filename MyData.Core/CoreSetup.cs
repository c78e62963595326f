using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Notifications;

namespace MyData.Core;

public static class CoreSetup
{
    /// <summary>Registers every feature, a line each.</summary>
    public static IServiceCollection AddMyDataCore(
        this IServiceCollection services,
        DatabaseSettings database,
        KeyFolder keys
    )
    {
        services.AddData(database, keys);
        services.AddCatalog();
        services.AddCitizens();
        services.AddNotifications();
        return services;
    }
}
