using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MyData.Core.Ledger;

/// <summary>A file's name is durable when its folder is (fsync(2)), and the framework cannot open a folder to flush it.</summary>
internal static class DurableFolder
{
    private const int ReadOnly = 0;

    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(folder, ReadOnly);
        if (handle < 0)
            throw new IOException($"Cannot open {folder}.", new Win32Exception(Marshal.GetLastPInvokeError()));
        var failed = Fsync(handle) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        if (failed)
            throw new IOException($"Cannot flush {folder}.", new Win32Exception(error));
    }

    /// <summary>Makes the folders from <paramref name="root"/> down to <paramref name="folder"/>, each durable in the one above.</summary>
    public static void Create(string folder, string root)
    {
        if (Directory.Exists(folder))
            return;
        var above = Path.GetDirectoryName(folder)!;
        if (folder.Length > root.Length)
            Create(above, root);
        Directory.CreateDirectory(folder);
        Sync(above);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
