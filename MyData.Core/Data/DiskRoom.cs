namespace MyData.Core.Data;

/// <summary>The room on the disk that this machine's part of the data is on: the database's file, or beside PostgreSQL the log's files.</summary>
public sealed class DiskRoom(DatabaseSettings settings)
{
    /// <summary>Bytes that can still be written; null where nobody can say.</summary>
    public long? Free
    {
        get
        {
            try
            {
                return new DriveInfo(Path.GetFullPath(Path.Combine(settings.LedgerFolder, ".."))).AvailableFreeSpace;
            }
            catch (Exception unknown)
                when (unknown
                        is IOException
                            or UnauthorizedAccessException
                            or ArgumentException
                            or StartRefusedException
                )
            {
                return null;
            }
        }
    }

    /// <summary>Bytes of the database and its write-ahead log; null for one on a server.</summary>
    public long? Used =>
        settings.IsPostgres
            ? null
            : new[] { settings.File, settings.File + "-wal" }
                .Select(path => new FileInfo(path))
                .Sum(one => one.Exists ? one.Length : 0);
}
