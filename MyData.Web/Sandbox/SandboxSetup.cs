using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.City;
using MyData.Web.Sandbox.Identity;
using MyData.Web.Sandbox.Keys;
using MyData.Web.Sandbox.Library;
using MyData.Web.Sandbox.Mail;
using MyData.Web.Sandbox.Misbehaving;
using MyData.Web.Sandbox.Relying;
using MyData.Web.Sandbox.Subsidy;

namespace MyData.Web.Sandbox;

public static class SandboxSetup
{
    /// <summary>The sandbox's settings and keys alone: what a portal needs whose sandbox runs in another process.</summary>
    public static void AddSandboxKeys(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<SandboxSettings>()
            .Bind(builder.Configuration.GetSection("MyData:Sandbox"))
            .Bind(builder.Configuration.GetSection("Sandbox"));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services =>
        {
            var folder = services.GetRequiredService<IOptions<SandboxSettings>>().Value.Keys;
            var root = services.GetRequiredService<IHostEnvironment>().ContentRootPath;
            return SandboxKeys.LoadOrCreate(Path.GetFullPath(folder, root), SandboxAgencies.Ids, TimeProvider.System);
        });
    }

    /// <summary>The whole sandbox: agencies, identity authorities, mailbox.</summary>
    public static void AddSandbox(this WebApplicationBuilder builder)
    {
        builder.AddSandboxKeys();
        var services = builder.Services;
        services
            .AddHttpClient(PortalClient.HttpName, client => client.Timeout = TimeSpan.FromSeconds(15))
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseProxy = false,
                    UseCookies = false,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                }
            )
            .RemoveAllLoggers();
        services.AddSingleton<SandboxAddress>();
        services.AddSingleton<PortalClient>();
        services.AddSingleton<DpopProof>();
        services.AddSingleton<AgencyDoor>();
        services.AddSingleton<PreparedTransfers>();
        services.AddSingleton<BuiltPackages>();
        services.AddSingleton<SideReports>();
        services.AddHostedService(provider => provider.GetRequiredService<SideReports>());
        services.AddSingleton<NativeEndpoint>();
        services.AddSingleton<NationalEndpoint>();
        services.AddSingleton<SecurityEventReader>();
        services.AddSingleton<AgencyHandOvers>();
        services.AddSingleton<CorrectionDesk>();

        services.AddSingleton<MisbehaveSwitch>();
        services.AddSingleton<WrongConnections>();
        services.AddSingleton<WrongAnswers>();
        services.AddSingleton<Misbehaviours>();
        services.AddHostedService<UntrustedTlsListener>();

        services.AddSingleton<ClientCheck>();
        services.AddSingleton<RedirectUris>();
        services.AddSingleton<AuthorizeReader>();
        services.AddSingleton<Grants>();
        services.AddSingleton<IdentityProvider>();
        services.AddSingleton<DocumentAuthority>();

        services.AddSingleton(provider => BankKeys.Load(SandboxInPortal.KeysOf(provider)));
        services.AddSingleton<RelyingClient>();
        services.AddRelyingParty(
            BankListing.Root,
            provider => BankListing.Party(provider.GetRequiredService<BankKeys>())
        );
        services.AddRelyingParty(
            SubsidyListing.Root,
            provider => SubsidyListing.Party(SandboxInPortal.KeysOf(provider))
        );

        services.AddSingleton(provider => LibraryKeys.Load(SandboxInPortal.KeysOf(provider)));
        services.AddSingleton<LibraryClient>();
        services.AddSingleton<LibraryVisits>();
        services.AddSingleton<LibraryEvents>();
        services.AddSingleton(provider => CitySecrets.Load(SandboxInPortal.KeysOf(provider)));
        services.AddSingleton<RelyingReading>();
        services.AddSingleton<CityClient>();
        services.AddSingleton<CityApplications>();
        services.AddSingleton<CityConduct>();

        services.AddSingleton<Mailbox>();
        services.AddSingleton<SmtpSink>();
        services.AddHostedService(provider => provider.GetRequiredService<SmtpSink>());
    }
}
