using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>A portal that waits seconds where the real one waits minutes, and one citizen signed in.</summary>
public sealed class FaultPortal : IAsyncLifetime
{
    public Portal Portal { get; } =
        Portal.Start(
            new PortalOptions
            {
                Settings = [("MyData:Sandbox:IncomeWait", "00:00:02")],
                Services = services =>
                    services.Replace(
                        ServiceDescriptor.Singleton(
                            new TransferSettings
                            {
                                HeaderTimeout = TimeSpan.FromSeconds(6),
                                ReadTimeout = TimeSpan.FromSeconds(2),
                                BodyTimeout = TimeSpan.FromSeconds(8),
                                SlowestRate = 64 * 1024,
                                LongestPreparation = TimeSpan.FromSeconds(20),
                                MostOpen = 24,
                                DecisionsAnHour = 10_000,
                            }
                        )
                    ),
            }
        );

    internal Traveller Citizen => _citizen!;

    private Traveller? _citizen;

    public async ValueTask InitializeAsync() => _citizen = await Traveller.SignInAsync(Portal);

    public async ValueTask DisposeAsync()
    {
        _citizen?.Dispose();
        await Portal.DisposeAsync();
    }
}
