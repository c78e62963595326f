using Microsoft.Extensions.DependencyInjection;

namespace MyData.Core.OpenId;

public static class OpenIdSetup
{
    public static IServiceCollection AddOpenId(this IServiceCollection services) =>
        services
            .AddSingleton<PlatformClient>()
            .AddSingleton<TransferTokens>()
            .AddSingleton<ProviderClients>()
            .AddSingleton<Introspection>()
            .AddHostedService<KeyRoller>();
}
