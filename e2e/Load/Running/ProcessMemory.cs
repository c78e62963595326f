using System.Globalization;

namespace MyData.Load.Running;

/// <summary>A process's memory as Linux counts it (proc(5)), in bytes.</summary>
public static class ProcessMemory
{
    /// <summary>Resident now.</summary>
    public static long Resident(int process) => Value(process, "VmRSS:");

    /// <summary>The most that was resident since the start, or since <see cref="ResetPeak"/>.</summary>
    public static long Peak(int process) => Value(process, "VmHWM:");

    /// <summary>Lets the peak begin anew at what is resident now.</summary>
    public static void ResetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    private static long Value(int process, string key) =>
        1024
        * long.Parse(
            File.ReadLines($"/proc/{process}/status")
                .First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..]
                .Replace("kB", "", StringComparison.Ordinal)
                .Trim(),
            CultureInfo.InvariantCulture
        );
}
