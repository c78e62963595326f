using System.Diagnostics;
using System.Globalization;

namespace MyData.E2E.Support;

/// <summary>Looks into the memory of a running portal, as its thief or its core dump would.</summary>
public static class PortalMemory
{
    private static string Tool => Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "createdump");

    /// <summary>Where the marker stands in the portal's heap, by form.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(PortalProcess portal, Marker marker)
    {
        var dump = Path.Combine(Path.GetTempPath(), $"mydata-{portal.Id}.dump");
        try
        {
            await WriteAsync(portal.Id, dump);
            return marker.FindInFile(dump);
        }
        finally
        {
            File.Delete(dump);
        }
    }

    private static async Task WriteAsync(int processId, string file)
    {
        var start = new ProcessStartInfo(Tool)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[] { "--withheap", "-f", file, processId.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        using var tool = Process.Start(start)!;
        var said = await tool.StandardOutput.ReadToEndAsync() + await tool.StandardError.ReadToEndAsync();
        await tool.WaitForExitAsync();
        Assert.True(tool.ExitCode == 0 && File.Exists(file), said);
    }
}
