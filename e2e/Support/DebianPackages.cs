using System.Diagnostics;

namespace MyData.E2E.Support;

/// <summary>Installs what a test needs and the machine lacks, where we are root on Debian, and says so.</summary>
public static class DebianPackages
{
    /// <exception cref="InvalidOperationException">It cannot be installed from here; the message says what to do.</exception>
    public static void Install(string why, params string[] packages)
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
            throw new InvalidOperationException($"{why}: apt-get install {string.Join(' ', packages)}");
        Console.WriteLine($"{why}. Installing {string.Join(", ", packages)} with apt-get.");
        Run("update");
        Run(["install", "-y", "--no-install-recommends", .. packages]);
    }

    private static void Run(params string[] arguments)
    {
        using var apt = Process.Start(new ProcessStartInfo("apt-get", arguments))!;
        apt.WaitForExit();
        if (apt.ExitCode != 0)
            throw new InvalidOperationException($"apt-get {arguments[0]} ended with {apt.ExitCode}.");
    }
}
