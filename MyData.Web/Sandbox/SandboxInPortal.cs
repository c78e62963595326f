using System.Text.Json;
using Microsoft.Extensions.Options;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Core.Recording;
using MyData.Web.Hosting;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.Callers;
using MyData.Web.Sandbox.City;
using MyData.Web.Sandbox.Counters;
using MyData.Web.Sandbox.Keys;
using MyData.Web.Sandbox.Library;
using MyData.Web.Sandbox.Subsidy;

namespace MyData.Web.Sandbox;

/// <summary>The sandbox's place in the portal: in this process, in one of its own, or (Production) nowhere.</summary>
public static class SandboxInPortal
{
    /// <summary>Registers the sandbox where it is switched on, and whom the portal trusts: the sandbox's root, or the configured ones.</summary>
    public static void AddSandboxWhereOn(this WebApplicationBuilder builder, MyDataSettings settings)
    {
        if (!settings.Sandbox.Enabled)
            builder.Services.AddSingleton(
                TrustedRoots.Load(Path.GetFullPath(settings.TrustedRoots, builder.Environment.ContentRootPath))
            );
        else
        {
            if (settings.Sandbox.Url.Length > 0)
                builder.AddSandboxKeys();
            else
                builder.AddSandbox();
            builder.Services.AddSingleton(services => new TrustedRoots([
                services.GetRequiredService<SandboxKeys>().Root,
            ]));
        }
        builder.Services.AddSingleton<IProviderCertificateCheck>(services => new ConfiguredRoots(
            services.GetRequiredService<TrustedRoots>().Certificates
        ));
    }

    /// <summary>The folder of the sandbox's keys.</summary>
    internal static string KeysOf(IServiceProvider services) =>
        Path.GetFullPath(
            services.GetRequiredService<IOptions<SandboxSettings>>().Value.Keys,
            services.GetRequiredService<IHostEnvironment>().ContentRootPath
        );

    private static OnlineServiceListing[] OtherServices(IServiceProvider services)
    {
        var file = services.GetRequiredService<IOptions<SandboxSettings>>().Value.Services;
        if (file.Length == 0)
            return [];
        var path = Path.GetFullPath(file, services.GetRequiredService<IHostEnvironment>().ContentRootPath);
        return JsonSerializer.Deserialize<OnlineServiceListing[]>(File.ReadAllBytes(path), JsonSerializerOptions.Web)!;
    }

    /// <summary>
    /// Lists the sandbox's agencies and the callers that record, and serves them where they are in this process. Where it is off, nothing of it
    /// is listed any more.
    /// </summary>
    public static async Task MapSandboxWhereOnAsync(this WebApplication app, MyDataSettings settings)
    {
        if (!settings.Sandbox.Enabled)
        {
            await UnlistAsync(app.Services);
            return;
        }
        var listings = SandboxListing.Create(
            app.Services.GetRequiredService<SandboxKeys>(),
            app.Services.GetRequiredService<IOptions<SandboxSettings>>().Value
        );
        await app.Services.GetRequiredService<Catalogue>().ImportAsync(listings);
        await app.Services.GetRequiredService<CounterServices>().ImportAsync(SandboxCounters.Services);
        var folder = KeysOf(app.Services);
        await app
            .Services.GetRequiredService<OnlineServices>()
            .ImportAsync([
                .. BankListing.Services(BankKeys.Load(folder)),
                SubsidyListing.Service(folder),
                LibraryListing.Service(LibraryKeys.Load(folder)),
                .. CityListing.Services(CitySecrets.Load(folder)),
                .. OtherServices(app.Services),
            ]);
        await new SandboxCallers(app.Services.GetRequiredService<ClientKeys>()).RegisterAsync(folder, default);
        if (settings.Sandbox.Url.Length == 0)
            app.MapSandbox();
    }

    // A database that the sandbox once ran on has its listings still, and their addresses lead nowhere without it.
    private static async Task UnlistAsync(IServiceProvider services)
    {
        static bool IsOwn(string address) => address.StartsWith('/');
        var catalogue = services.GetRequiredService<Catalogue>();
        await catalogue.ImportAsync([.. (await catalogue.ProvidersAsync()).Where(p => !IsOwn(p.Heartbeat))]);
        var online = services.GetRequiredService<OnlineServices>();
        await online.ImportAsync([.. (await online.ListAsync()).Where(service => !IsOwn(service.Site))]);
        var counters = services.GetRequiredService<CounterServices>();
        var own = SandboxCounters.Services.Select(service => service.Id).ToHashSet();
        await counters.ImportAsync([.. (await counters.ListAsync()).Where(service => !own.Contains(service.Id))]);
    }
}
