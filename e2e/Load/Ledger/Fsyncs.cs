using System.Diagnostics;

namespace MyData.Load.Ledger;

/// <summary>The yardstick of the disk alone: 4 KiB appended to a file and synced, one after another, for three seconds.</summary>
public static class Fsyncs
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static double PerSecond(string folder)
    {
        using var file = new FileStream(
            Path.Combine(folder, "fsync"),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.None,
            0
        );
        var page = new byte[4096];
        var (count, start) = (0, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(start) < Duration)
        {
            file.Write(page);
            file.Flush(flushToDisk: true);
            count++;
        }
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
