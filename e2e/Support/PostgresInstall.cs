using System.Diagnostics;

namespace MyData.E2E.Support;

/// <summary>Sees to it that PostgreSQL 15 is here: where it is missing and we are root on Debian, installs it and says so.</summary>
public static class PostgresInstall
{
    private const string Package = "postgresql-15";
    private static readonly Lazy<bool> Here = new(() => IsHere() || Install());

    /// <summary>Skips the test where there is none, and none can be installed from here.</summary>
    public static void Require()
    {
        if (!Here.Value)
            Assert.Skip($"No PostgreSQL 15 here: apt-get install {Package}");
    }

    // Where `e2e/Running/database` looks for it.
    private static bool IsHere()
    {
        var given = Environment.GetEnvironmentVariable("POSTGRES");
        var folder = given is { Length: > 0 } ? given : "/usr/lib/postgresql/15/bin";
        return File.Exists(Path.Combine(folder, "initdb"));
    }

    private static bool Install()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
            return false;
        Console.WriteLine($"No PostgreSQL here. Installing {Package} with apt-get.");
        // The other project's tests may be at it.
        string[] patient = ["-o", "DPkg::Lock::Timeout=300", "-q"];
        Run([.. patient, "update"]);
        Run([.. patient, "install", "-y", "--no-install-recommends", Package, "openssl"]);
        return IsHere();
    }

    private static void Run(string[] arguments)
    {
        using var apt = Process.Start(new ProcessStartInfo("apt-get", arguments))!;
        apt.WaitForExit();
    }
}
