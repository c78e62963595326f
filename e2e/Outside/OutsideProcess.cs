using System.Diagnostics;
using MyData.Tests.Support;

namespace MyData.E2E.Outside;

/// <summary>A program of others that runs beside the portal.</summary>
internal static class OutsideProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Started, with both outputs to be read.</summary>
    /// <param name="folder">below <c>e2e/Outside</c></param>
    public static Process Start(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.Combine(Repository.Root, "e2e", "Outside", folder),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>What it printed, a line each, when it has ended well.</summary>
    public static async Task<string[]> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Start(folder, program, arguments);
        using var limit = new CancellationTokenSource(Limit);
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{program} {arguments[0]}: {await complained}{await said}");
        return (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
