using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MyData.Core.Citizens;

public static class CitizensSetup
{
    public static IServiceCollection AddCitizens(this IServiceCollection services)
    {
        services.TryAddSingleton(new CitizenSettings());
        services.AddSingleton<CitizenAccounts>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<IdentityChecks>();
        services.AddSingleton<Challenges>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<Passkeys>();
        services.AddSingleton<CitizenContacts>();
        services.AddSingleton<AccountClosing>();
        services.AddSingleton<HeldData>();
        services.AddSingleton<CitizenHousekeeping>();
        services.AddHostedService(provider => provider.GetRequiredService<CitizenHousekeeping>());
        return services;
    }
}
