using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.WebEncoders;
using MyData.Web.Hosting;
using MyData.Web.Layout;

namespace MyData.Web.Sandbox;

/// <summary>The sandbox in a process of its own: <c>dotnet run --project MyData.Web -- sandbox</c>.</summary>
public static class SandboxHost
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Command = "sandbox";

    private const string DefaultUrl = "http://localhost:5081";
    private const string DefaultPortal = "http://localhost:5080";

    /// <summary>Runs until the process is told to stop.</summary>
    /// <param name="args">Arguments after the command, such as <c>--urls http://localhost:5081 --Sandbox:Portal http://localhost:5080</c>.</param>
    public static Task RunAsync(string[] args) => Build(args).RunAsync();

    /// <summary>The application, not yet started.</summary>
    /// <param name="adjust">Further settings and services, for tests.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = [.. args.SkipWhile(a => a == Command)],
                ApplicationName = typeof(SandboxHost).Assembly.GetName().Name,
            }
        );
        // The portal's launch profile names the portal's own address, which is taken.
        if (!args.Any(a => a.TrimStart('-').StartsWith("urls", StringComparison.OrdinalIgnoreCase)))
            builder.WebHost.UseUrls(DefaultUrl);
        // Where the portal is unless somebody says it: under every other source of settings.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
            0,
            new MemoryConfigurationSource { InitialData = [new("MyData:Sandbox:Portal", DefaultPortal)] }
        );
        builder.AddSandbox();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddLocalization();
        builder.Services.AddAuthorization();
        builder.Services.AddRazorComponents();
        builder.Services.AddAntiforgery(options => options.Cookie.Name = "sandbox-form");
        builder.Services.AddWebEncoders(options =>
            options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All)
        );
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 256 * 1024);

        adjust?.Invoke(builder);
        var app = builder.Build();
        app.UseMiddleware<SecurityHeaders>();
        app.UseRequestLocalization(Languages.Configure);
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapPreferences();
        app.MapGet("/", () => TypedResults.LocalRedirect(SandboxAddress.Root));
        app.MapSandbox();
        return app;
    }
}
