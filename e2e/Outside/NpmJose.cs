using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Tests.Support;

namespace MyData.E2E.Outside;

/// <summary>
/// The npm package jose, a JOSE implementation by others. Installs what its lock file names, once, and says so; where node or
/// the registry is missing the tests fail and name it.
/// </summary>
public sealed class NpmJose : IAsyncLifetime
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(1);
    private readonly string _folder = Path.Combine(Repository.Root, "e2e", "Outside", "jose");

    public async ValueTask InitializeAsync()
    {
        var installed = new FileInfo(Path.Combine(_folder, "node_modules", ".package-lock.json"));
        var wanted = new FileInfo(Path.Combine(_folder, "package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= wanted.LastWriteTimeUtc)
            return;
        Console.WriteLine($"Installing the npm package jose into {_folder} with npm ci.");
        await RunAsync("", InstallLimit, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Gives the jobs to jose.mjs; an answer each, in order.</summary>
    public async Task<string[]> DoAsync(IEnumerable<JsonObject> jobs)
    {
        var asked = new JsonArray([.. jobs]).ToJsonString();
        return JsonSerializer.Deserialize<string[]>(await RunAsync(asked, RunLimit, "node", "jose.mjs"))!;
    }

    private async Task<string> RunAsync(string input, TimeSpan limit, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException($"No {program} here: apt-get install nodejs npm", missing);
        }
        using (process)
        using (var ended = new CancellationTokenSource(limit))
        {
            var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            try
            {
                await process.WaitForExitAsync(ended.Token);
            }
            catch (OperationCanceledException late)
            {
                process.Kill(entireProcessTree: true);
                throw new InvalidOperationException(
                    $"{program} did not end within {limit}: is the npm registry there?",
                    late
                );
            }
            return process.ExitCode == 0
                ? await said
                : throw new InvalidOperationException(
                    $"{program} {arguments[0]} ended with {process.ExitCode}:\n{await complained}"
                );
        }
    }
}
