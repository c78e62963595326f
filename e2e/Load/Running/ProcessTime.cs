using System.Globalization;

namespace MyData.Load.Running;

/// <summary>Processor time that a process has used (proc(5), stat), user and system.</summary>
public static class ProcessTime
{
    /// <summary>USER_HZ, which is 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    public static TimeSpan Of(int process)
    {
        // The second field is the program's name in parentheses, which may hold spaces; utime is the 14th field of all.
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks =
            long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
