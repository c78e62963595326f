using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>A portal that waits seconds where the real one waits minutes, and one citizen signed in.</summary>
public class FaultPortal : IAsyncLifetime
{
    public FaultPortal()
        : this(TestDatabase.Default) { }

    protected FaultPortal(Engine engine) =>
        Portal = Portal.Start(
            new PortalOptions
            {
                Engine = engine,
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

    public Portal Portal { get; }

    internal Traveller Citizen => _citizen!;

    private Traveller? _citizen;

    public async ValueTask InitializeAsync() => _citizen = await Traveller.SignInAsync(Portal);

    public async ValueTask DisposeAsync()
    {
        _citizen?.Dispose();
        await Portal.DisposeAsync();
    }
}

public sealed class PostgresFaultPortal() : FaultPortal(Engine.Postgres);
