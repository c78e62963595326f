using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;

namespace MyData.Core.Transfers;

public static class TransfersSetup
{
    public static IServiceCollection AddTransfers(this IServiceCollection services) =>
        services
            .AddSingleton<TransferQueue>()
            .AddSingleton<Relay>()
            .AddSingleton<Claims>()
            .AddSingleton<Downloads>()
            .AddSingleton<EgressGuard>()
            .AddSingleton<ProviderHttp>()
            .AddSingleton<IProviderWire, NativeWire>()
            .AddSingleton<ProviderDirectory>()
            .AddSingleton<TransferSteps>()
            .AddSingleton<TransferCall>()
            .AddSingleton<IEventFollower, ClosedAccounts>()
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
