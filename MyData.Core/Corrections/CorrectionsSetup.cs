using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Corrections;

public static class CorrectionsSetup
{
    public static IServiceCollection AddCorrections(this IServiceCollection services)
    {
        services.TryAddSingleton(new CorrectionSettings());
        return services
            .AddSingleton<CorrectionRequests>()
            .AddSingleton<AgencyCorrections>()
            .AddSingleton<IEventFollower, Closed>()
            .AddPruning<Correction>(
                Correction.Table,
                (rows, now, keep) =>
                {
                    var over = now - keep.Notices;
                    return rows.Where(c => c.AskedAt < over);
                }
            );
    }

    /// <summary>A closed account's requests go with it; what the agency has it has.</summary>
    private sealed class Closed : IEventFollower
    {
        public void Follow(WriteScope scope, Event happened)
        {
            if (happened is { Kind: EventKinds.AccountClosed, CitizenId: { } citizen })
                scope.Db.Set<Correction>().Where(c => c.CitizenId == citizen).ExecuteDelete();
        }
    }
}
