using Microsoft.Extensions.DependencyInjection;

namespace MyData.Core.Consent;

public static class ConsentSetup
{
    public static IServiceCollection AddConsent(this IServiceCollection services) => services.AddSingleton<Consents>();
}
