namespace MyData.Core.Data;

/// <summary>
/// One process for one SQLite database: its write queue and its timers assume that they are alone. The operating system
/// lets go of the lock when the process ends, however it ends. The database is the owner's alone from its first byte on;
/// SQLite gives its log the same mode.
/// </summary>
public sealed class DatabaseLock : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream _file;

    /// <exception cref="StartRefusedException">Another process has this database open.</exception>
    public DatabaseLock(DatabaseSettings settings)
    {
        var database = settings.File;
        var path = settings.Beside("lock");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            _file = Open(path);
        }
        catch (IOException taken)
        {
            throw new StartRefusedException([$"another process uses this database ('{path}')."], taken);
        }
        Close(database);
    }

    /// <summary>The files of a database that exist: itself, its log and the log's index.</summary>
    private static IEnumerable<string> Files(string database) =>
        new[] { database, database + "-wal", database + "-shm" }.Where(File.Exists);

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Owner;
        return new FileStream(path, options);
    }

    // Said again where a file was there before, with the mode that some earlier start gave it.
    private static void Close(string database)
    {
        Open(database).Dispose();
        if (OperatingSystem.IsWindows())
            return;
        foreach (var file in Files(database))
            File.SetUnixFileMode(file, Owner);
    }

    public void Dispose() => _file.Dispose();
}
