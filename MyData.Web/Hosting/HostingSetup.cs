using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;
using MyData.Core;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Transfers;
using MyData.Web.Features.Help;

namespace MyData.Web.Hosting;

public static class HostingSetup
{
    /// <summary>Reads and checks the settings, and registers what every page stands on.</summary>
    /// <exception cref="StartRefusedException">Settings are missing or unsafe; the message names each.</exception>
    public static MyDataSettings AddHosting(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("MyData").Get<MyDataSettings>() ?? new MyDataSettings();
        var production = !builder.Environment.IsDevelopment();
        var keys = settings.KeyFolder(builder.Environment.ContentRootPath, mayCreate: !production);
        var problems = settings.Problems(production).ToList();
        if (production)
            problems.AddRange(
                PlatformKeys
                    .Missing(keys)
                    .Select(key => $"MyData:Keys: '{key}' is missing; the command 'keys' makes it.")
            );
        if (production)
            problems.AddRange(
                keys.Exposed()
                    .Select(path =>
                        $"MyData:Keys: others than the owner can read '{path}'; the command 'keys' mends it."
                    )
            );
        else
            keys.Close();
        problems.AddRange(
            LedgerPolicy.Problems(settings.Ledger.Policy, builder.Environment.ContentRootPath, production)
        );
        problems.AddRange(LedgerPolicy.SiteProblems(settings.Ledger.WitnessSites, production));
        if (problems.Count > 0)
            throw new StartRefusedException(problems);

        var database = settings.DatabaseSettings(builder.Environment.ContentRootPath);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(settings.Retention);
        builder.Services.AddSingleton(settings.Watch);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(settings.LedgerSettings(builder.Environment.ContentRootPath));
        builder.Services.TryAddSingleton(settings.Services);
        builder.Services.TryAddSingleton(settings.Counter);
        builder.Services.TryAddSingleton(settings.Members);
        builder.Services.TryAddSingleton(settings.Wire);
        builder.Services.AddMyDataCore(database, keys);
        builder.Services.AddSingleton<IIssuer, PublicOrigin>();
        builder.Services.AddSingleton(
            new TransferSettings
            {
                DecisionsAnHour = settings.Person.DecisionsAnHour,
                MostOpen = settings.Person.OpenTransfers,
            }
        );
        builder.Services.AddSingleton<PrivacyStatement>();
        builder.Services.AddSingleton<ProviderAddresses>();
        builder.Services.AddSingleton<IProviderAddresses>(services => services.GetRequiredService<ProviderAddresses>());
        builder.Services.AddSingleton<ISandboxAddress>(services => services.GetRequiredService<ProviderAddresses>());
        builder.Services.AddSingleton<IProviderHeartbeat, ProviderHeartbeat>();
        builder
            .Services.AddHttpClient(ProviderHeartbeat.Client)
            .ConfigurePrimaryHttpMessageHandler(services =>
                ProviderHeartbeat.Handler(services.GetRequiredService<EgressGuard>())
            );
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddLocalization();
        builder
            .Services.AddDataProtection()
            .SetApplicationName("MyData")
            .PersistKeysToFileSystem(keys.Below("framework"));
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>, FrameworkKeySetup>();
        builder.Services.AddAntiforgery(options =>
        {
            options.FormFieldName = "_form";
            options.Cookie.Name = production ? "__Host-form" : "form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = production ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        });
        builder.Services.Configure<WebEncoderOptions>(options =>
            options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All)
        );
        builder.Services.AddAuthorization(options =>
        {
            var citizen = new AuthorizationPolicyBuilder().RequireClaim(CitizenClaims.CitizenId).Build();
            options.AddPolicy(CitizenClaims.Policy, citizen);
            // Deny by default: a public page says so in its feature's _Imports.razor.
            options.FallbackPolicy = citizen;
        });
        // The proxy on this machine says who asked, and that it was https; nobody else is believed.
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
        );
        // A form without its token is 400 in Development too, as in Production, and not an exception.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
        builder.Services.AddSingleton<OpenCircuits>();
        builder.Services.AddRateLimiter(CircuitLimits.AddRates);
        builder.Services.AddCascadingAuthenticationState();
        builder
            .Services.AddRazorComponents()
            .AddInteractiveServerComponents(circuits =>
            {
                // A page that comes back later loads afresh and shows the same: nothing is lost with its circuit.
                circuits.DisconnectedCircuitMaxRetained = 500;
                circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(1);
            });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 256 * 1024;
        });
        return settings;
    }

    /// <summary>What every request passes, in this order.</summary>
    public static void UseHosting(this WebApplication app)
    {
        app.UseForwardedHeaders();
        if (!app.Environment.IsDevelopment())
            app.UseHsts();
        app.UseMiddleware<SecurityHeaders>();
        app.UseRequestLocalization(Languages.Configure);
        app.UseProblemPages();
        app.UseMiddleware<CrossSiteForms>();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseMissingPages();
        app.UseAuthorization();
        app.UseWebSockets();
        app.UseMiddleware<CircuitLimits>();
        app.UseMiddleware<PersonLimits>();
        app.UseAntiforgery();
    }
}
