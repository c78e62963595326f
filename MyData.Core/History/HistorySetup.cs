using Microsoft.Extensions.DependencyInjection;

namespace MyData.Core.History;

public static class HistorySetup
{
    public static IServiceCollection AddHistory(this IServiceCollection services)
    {
        services.AddSingleton<HistoryQueries>();
        services.AddSingleton<Complaints>();
        return services;
    }
}
