using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Transfers;

namespace MyData.Core.Wire;

public static class WireSetup
{
    public static IServiceCollection AddWire(this IServiceCollection services) =>
        services.AddSingleton<SealOnArrival>().AddSingleton<IProviderWire, NationalWire>();
}
