using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;

namespace MyData.Core.Staff;

public static class StaffSetup
{
    public static IServiceCollection AddStaff(this IServiceCollection services)
    {
        services.AddSingleton<StaffInvitations>();
        services.AddSingleton<StaffMembers>();
        services.AddSingleton<StaffRoster>();
        services.AddSingleton<StaffSessions>();
        services.AddSingleton<IRestoredFollower, RestoredStaff>();
        services.AddPruning<StaffSession>(
            "staff_sessions",
            (rows, now, keep) =>
            {
                var ended = now - keep.EndedSessions;
                return rows.OldestFirst(s => s.Id).Where(s => s.EndedAt < ended || s.ExpiresAt < ended);
            }
        );
        return services;
    }
}
