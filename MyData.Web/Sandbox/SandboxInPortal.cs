using Microsoft.Extensions.Options;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Core.Recording;
using MyData.Web.Hosting;
using MyData.Web.Sandbox.Callers;
using MyData.Web.Sandbox.Keys;

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

    /// <summary>Lists the sandbox's agencies and the callers that record, and serves them where they are in this process.</summary>
    public static async Task MapSandboxWhereOnAsync(this WebApplication app, MyDataSettings settings)
    {
        if (!settings.Sandbox.Enabled)
            return;
        var listings = SandboxListing.Create(
            app.Services.GetRequiredService<SandboxKeys>(),
            app.Services.GetRequiredService<IOptions<SandboxSettings>>().Value
        );
        await app.Services.GetRequiredService<Catalogue>().ImportAsync(listings);
        var folder = app.Services.GetRequiredService<IOptions<SandboxSettings>>().Value.Keys;
        await new SandboxCallers(app.Services.GetRequiredService<ClientKeys>()).RegisterAsync(
            Path.GetFullPath(folder, app.Environment.ContentRootPath),
            default
        );
        if (settings.Sandbox.Url.Length == 0)
            app.MapSandbox();
    }
}
