using System.Diagnostics;
using System.Globalization;

namespace MyData.E2E.Support;

/// <summary>A file system of some megabytes in memory, that can be filled to its last byte and emptied again.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mydata-e2e-disk-");

    private SmallDisk() { }

    public string Folder => _folder.FullName;

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Skips the test where we may not mount anything.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var disk = new SmallDisk();
        var size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        if (
            Environment.IsPrivilegedProcess
            && await RunAsync("mount", "-t", "tmpfs", "-o", size, "tmpfs", disk.Folder) == 0
        )
            return disk;
        disk._folder.Delete();
        Assert.Skip("Nothing can be mounted here.");
        return disk;
    }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var block in (int[])[1 << 20, 1 << 12, 1])
            while (TryWrite(file, new byte[block])) { }
    }

    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", Folder);
        _folder.Delete();
    }

    private static bool TryWrite(FileStream file, byte[] block)
    {
        try
        {
            file.Write(block);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
