using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;

namespace MyData.Core.Transfers;

public static class TransfersSetup
{
    public static IServiceCollection AddTransfers(this IServiceCollection services)
    {
        services.TryAddSingleton(new TransferSettings());
        return services
            .AddSingleton<TransferQueue>()
            .AddSingleton<Relay>()
            .AddSingleton<Claims>()
            .AddSingleton<Downloads>()
            .AddSingleton<HandOvers>()
            .AddSingleton<DirectTransfers>()
            .AddSingleton<EgressGuard>()
            .AddSingleton<ProviderHttp>()
            .AddSingleton<IProviderWire, NativeWire>()
            .AddSingleton<ProviderDirectory>()
            .AddSingleton<TransferSteps>()
            .AddSingleton<TransferCall>()
            .AddSingleton<IEventFollower, TakenBack>()
            .AddSingleton<SideFollower>()
            .AddSingleton<IEventFollower>(provider => provider.GetRequiredService<SideFollower>())
            .AddSingleton<ISentFollower>(provider => provider.GetRequiredService<SideFollower>())
            .AddSingleton<IPairedReports, PairedReports>()
            .AddSingleton<TransferSides>()
            .AddSingleton<SideSweep>()
            .AddSingleton<SideRebuild>()
            .AddHostedService<TransferRunner>()
            .AddHostedService<TransferSweeper>()
            .AddPruning<Transfer>(
                "transfers",
                (rows, now, keep) =>
                {
                    var over = now - keep.EndedTransfers;
                    return rows.OldestFirst(t => t.Id).Where(t => t.EndedAt < over);
                }
            );
    }
}
