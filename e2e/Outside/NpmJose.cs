using System.Text.Json;
using System.Text.Json.Nodes;

namespace MyData.E2E.Outside;

/// <summary>The npm package jose, a JOSE implementation by others.</summary>
public sealed class NpmJose : IAsyncLifetime
{
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(1);
    private readonly NpmPackages _packages = new("jose");

    public async ValueTask InitializeAsync() => await _packages.InstallAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Gives the jobs to jose.mjs; an answer each, in order.</summary>
    public async Task<string[]> DoAsync(IEnumerable<JsonObject> jobs)
    {
        var asked = new JsonArray([.. jobs]).ToJsonString();
        return JsonSerializer.Deserialize<string[]>(await _packages.RunAsync(asked, RunLimit, "node", "jose.mjs"))!;
    }
}
