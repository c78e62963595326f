using System.Globalization;
using System.Runtime.InteropServices;

namespace MyData.Load.Report;

/// <summary>What the figures were measured on, and how busy it was with other things.</summary>
public static class Machine
{
    public static string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({Processor()}), {Memory() / 1024.0 / 1024.0:0} GiB memory, {System()}, {RuntimeInformation.FrameworkDescription}; load average {Load()}"
        );

    /// <summary>Load averages over 1, 5 and 15 minutes.</summary>
    public static string Load() =>
        File.Exists("/proc/loadavg")
            ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3))
            : "unknown";

    private static string System() =>
        Value("/etc/os-release", "PRETTY_NAME=")?.Trim('"') is { } name
            ? $"{name}, {RuntimeInformation.OSDescription}"
            : RuntimeInformation.OSDescription;

    private static string Processor() => Value("/proc/cpuinfo", "model name")?.TrimStart(':', ' ', '\t') ?? "unknown";

    private static long Memory() =>
        Value("/proc/meminfo", "MemTotal:")?.Trim().Split(' ')[0] is { } kibibytes
            ? long.Parse(kibibytes, CultureInfo.InvariantCulture)
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024;

    private static string? Value(string file, string key) =>
        File.Exists(file)
            ? File.ReadLines(file)
                .FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))
                ?[key.Length..].Trim()
            : null;
}
