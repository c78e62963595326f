using System.Diagnostics;
using MyData.Tests.Support;

namespace MyData.E2E.Outside;

/// <summary>
/// npm packages by others, in a folder below <c>e2e/Outside</c>. Installs what its lock file names, once, and says so; where node or the
/// registry is missing the tests fail and name it.
/// </summary>
internal sealed class NpmPackages(string name)
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(2);
    private readonly string _folder = Path.Combine(Repository.Root, "e2e", "Outside", name);

    public async Task InstallAsync()
    {
        var installed = new FileInfo(Path.Combine(_folder, "node_modules", ".package-lock.json"));
        var wanted = new FileInfo(Path.Combine(_folder, "package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= wanted.LastWriteTimeUtc)
            return;
        Console.WriteLine($"Installing npm packages into {_folder} with npm ci.");
        await RunAsync("", InstallLimit, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    }

    /// <summary>What a program printed that was given this input, when it has ended well.</summary>
    public async Task<string> RunAsync(string input, TimeSpan limit, string program, params string[] arguments)
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
