using Microsoft.Data.Sqlite;

namespace MyData.Core.Data;

/// <summary>
/// One process for one SQLite database: its write queue and its timers assume that they are alone. The operating system
/// lets go of the lock when the process ends, however it ends.
/// </summary>
public sealed class DatabaseLock : IDisposable
{
    private readonly FileStream _file;

    /// <exception cref="StartRefusedException">Another process has this database open.</exception>
    public DatabaseLock(DatabaseSettings settings)
    {
        var path = new SqliteConnectionStringBuilder(settings.ConnectionString).DataSource + ".lock";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken)
        {
            throw new StartRefusedException([$"another process uses this database ('{path}')."], taken);
        }
    }

    public void Dispose() => _file.Dispose();
}
