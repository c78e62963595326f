using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;

namespace MyData.Core.Counter;

public static class CounterSetup
{
    public static IServiceCollection AddCounter(this IServiceCollection services)
    {
        services.TryAddSingleton(new CounterSettings());
        return services
            .AddSingleton<TicketBell>()
            .AddSingleton<CounterFit>()
            .AddSingleton<CounterTickets>()
            .AddSingleton<HolderSide>()
            .AddSingleton<CounterLocks>()
            .AddSingleton<CounterRefusals>()
            .AddSingleton<CounterDesk>()
            .AddSingleton<CounterView>()
            .AddSingleton<CounterCases>()
            .AddSingleton<CounterAgents>()
            .AddSingleton<IEventFollower, CounterFollower>()
            .AddSingleton<CounterSweeper>()
            .AddHostedService(provider => provider.GetRequiredService<CounterSweeper>())
            .AddSealedColumn(CounterTicket.Table, nameof(CounterTicket.CaseNumber), CounterTicket.CasePurpose)
            .AddPruning<CounterTicket>(
                CounterTicket.Table,
                (rows, now, keep) =>
                {
                    var over = now - keep.EndedTransfers;
                    return rows.OldestFirst(t => t.Id).Where(t => t.EndedAt < over && t.RedeemedAt == null);
                }
            )
            .AddPruning<CounterAgent>(
                "counter_agents",
                (rows, now, keep) =>
                {
                    var over = now - keep.EndedTransfers;
                    return rows.OldestFirst(a => a.Id).Where(a => a.ExpiresAt < over);
                }
            )
            .AddPruning<CounterFailure>(
                "counter_failures",
                (rows, now, _) =>
                {
                    var day = now.AddDays(-1);
                    return rows.Where(f => f.Since < day && (f.ClosedUntil == null || f.ClosedUntil < day));
                }
            );
    }
}
