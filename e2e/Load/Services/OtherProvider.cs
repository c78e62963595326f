using System.Diagnostics;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Load.Browsing;
using MyData.Load.Running;

namespace MyData.Load.Services;

/// <summary>npm oidc-provider, started with codes that wait to be exchanged (<c>e2e/Outside/provider</c>).</summary>
public sealed class OtherProvider : IAsyncDisposable
{
    private readonly Process _process;

    private OtherProvider(Process process, JsonElement told)
    {
        _process = process;
        Issuer = told.GetProperty("issuer").GetString()!;
        Redirect = told.GetProperty("redirect").GetString()!;
        Codes = [.. told.GetProperty("codes").EnumerateArray().Select(code => code.GetString()!)];
    }

    public const string Client = "load";

    public int Id => _process.Id;

    public string Issuer { get; }

    public string Redirect { get; }

    public IReadOnlyList<string> Codes { get; }

    /// <param name="socket">the folder of PostgreSQL's socket; null: it keeps all in memory</param>
    public static async Task<OtherProvider> StartAsync(
        Jwk client,
        string verifier,
        int codes,
        string? socket,
        CancellationToken token
    )
    {
        var folder = Path.Combine(Repository.Root, "e2e", "Outside", "provider");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            var (exit, output) = await Commands.RunAsync(
                folder,
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                token
            );
            if (exit != 0)
                throw new LoadException($"npm ci in {folder}: {output}");
        }
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "provider.mjs",
            $"{Server.FreePort()}",
            $"{codes}",
            LoadService.Challenge(verifier),
            client.PublicOnly().ToJson(),
            Jwk.GenerateEc("own", "sig").ToJson(),
            .. socket is null ? [] : (string[])[socket],
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["NODE_ENV"] = "production";
        var process = Process.Start(start)!;
        // Its warnings are many; unread they would stop it.
        var complaints = process.StandardError.ReadToEndAsync(token);
        var line = await process.StandardOutput.ReadLineAsync(token);
        return line is null
            ? throw new LoadException($"oidc-provider did not start: {await complaints}")
            : new OtherProvider(process, JsonSerializer.Deserialize<JsonElement>(line));
    }

    public ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
