using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Corrections;
using MyData.Core.Counter;
using MyData.Core.Data;
using MyData.Core.History;
using MyData.Core.Members;
using MyData.Core.Notifications;
using MyData.Core.OpenId;
using MyData.Core.Recording;
using MyData.Core.Services;
using MyData.Core.Staff;
using MyData.Core.Transfers;
using MyData.Core.Watch;
using MyData.Core.Wire;

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
        services.AddConsent();
        services.AddNotifications();
        services.AddOpenId();
        services.AddTransfers();
        services.AddCounter();
        services.AddServices();
        services.AddMembers();
        services.AddCorrections();
        services.AddWire();
        services.AddHistory();
        services.AddStaff();
        services.AddRecording();
        services.AddWatch();
        return services;
    }
}
