using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using MyData.Tests.Support;
using MyData.Web.Hosting;

namespace MyData.E2E.Support;

/// <summary>
/// Serves the browser's modules, and the checks of these tests, to Chromium under the portal's own headers. No portal runs.
/// </summary>
public sealed class BrowserModules : IAsyncLifetime
{
    private const string Blank =
        """<!doctype html><html lang="zh-TW"><title>modules</title><link rel="icon" href="data:,">""";
    private WebApplication? _host;

    public Uri Origin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _host = builder.Build();
        _host.Urls.Add("http://127.0.0.1:0");
        _host.UseMiddleware<SecurityHeaders>();
        _host.UseStaticFiles(Folder("MyData.Web/wwwroot", ""));
        _host.UseStaticFiles(Folder("e2e/Browser/Checks", "/checks"));
        _host.MapGet("/blank", () => Results.Content(Blank, "text/html; charset=utf-8"));
        await _host.StartAsync();
        var addresses = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        // A host name, because 127.0.0.1 and localhost are both secure contexts but only one is the sandbox's origin.
        Origin = new Uri(addresses.Addresses.Single());
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    /// <summary>A page of its own, in a profile of its own.</summary>
    public async Task<BrowserPage> OpenAsync()
    {
        var browser = await Chromium.GetAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { Locale = "zh-TW" });
        var page = new BrowserPage(context, await context.NewPageAsync());
        await page.GotoAsync(new Uri(Origin, "/blank"));
        return page;
    }

    private static StaticFileOptions Folder(string folder, string path) =>
        new() { FileProvider = new PhysicalFileProvider(Path.Combine(Repository.Root, folder)), RequestPath = path };
}

/// <summary>A page that remembers what should never happen: dialogs, script errors, reports of the policy.</summary>
public sealed class BrowserPage(IBrowserContext context, IPage page) : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly ConcurrentQueue<string> _complaints = new();

    public IPage Page => page;

    public async Task GotoAsync(Uri url)
    {
        await page.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', e => console.error(`CSP ${e.effectiveDirective} ${e.blockedURI}`))"
        );
        page.Dialog += async (_, dialog) =>
        {
            _complaints.Enqueue($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        page.PageError += (_, error) => _complaints.Enqueue($"error: {error}");
        page.Console += (_, message) =>
        {
            if (message.Text.StartsWith("CSP ", StringComparison.Ordinal))
                _complaints.Enqueue(message.Text);
        };
        await page.GotoAsync(url.ToString());
    }

    /// <summary>Calls an exported function of a module with one argument and takes its answer, both as JSON.</summary>
    public async Task<T> CallAsync<T>(string module, string function, object? argument = null)
    {
        var answer = await page.EvaluateAsync<string>(
            "async ([module, name, argument]) => JSON.stringify(await (await import(module))[name](JSON.parse(argument)) ?? null)",
            new[] { module, function, JsonSerializer.Serialize(argument, Json) }
        );
        return JsonSerializer.Deserialize<T>(answer, Json)!;
    }

    public void AssertQuiet() => Assert.True(_complaints.IsEmpty, string.Join('\n', _complaints));

    public async ValueTask DisposeAsync() => await context.CloseAsync();
}
