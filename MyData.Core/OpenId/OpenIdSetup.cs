using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;

namespace MyData.Core.OpenId;

public static class OpenIdSetup
{
    public static IServiceCollection AddOpenId(this IServiceCollection services) =>
        services
            .AddSingleton<PlatformClient>()
            .AddSingleton<TransferTokens>()
            .AddSingleton<ClientAssertions>()
            .AddSingleton<ProviderClients>()
            .AddSingleton<ServiceClients>()
            .AddSingleton<DpopProofs>()
            .AddSingleton<Introspection>()
            .AddHostedService<KeyRoller>()
            .AddPruning<AccessToken>("access_tokens", (rows, now, _) => rows.Where(t => t.ExpiresAt < now))
            .AddPruning<UsedAssertion>("used_assertions", (rows, now, _) => rows.Where(u => u.ExpiresAt < now));
}
