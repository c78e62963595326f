using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;

namespace MyData.Core.History;

public static class HistorySetup
{
    public static IServiceCollection AddHistory(this IServiceCollection services)
    {
        services.AddSingleton<HistoryQueries>();
        services.AddSingleton<Complaints>();
        services.AddSingleton<ComplaintDesk>();
        services.AddSingleton<IEventFollower, ClosedAccounts>();
        return services;
    }
}
