using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Ledger;

namespace MyData.Core.Data;

/// <summary>How a write fails that is not the caller's own fault.</summary>
public static class Writing
{
    /// <summary>The stable code: nothing can be written or proven now (disk full, database gone), and so nothing leaves.</summary>
    public const string Unavailable = "ledger.unavailable";

    // sqlite.org/rescode.html
    private const int ReadOnly = 8;
    private const int Io = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NoDatabase = 26;

    public static bool IsUnavailable(Exception? failure) => failure is LedgerException { Code: Unavailable };

    internal static LedgerException Refused(Exception cause) => new(Unavailable, "Nothing can be written now.", cause);

    /// <summary>The failure of one write: of the disk or the database where it is theirs, else as it is.</summary>
    internal static Exception Of(Exception failure) =>
        (failure as SqliteException ?? (failure as DbUpdateException)?.InnerException as SqliteException)
            is { SqliteErrorCode: ReadOnly or Io or Corrupt or Full or CannotOpen or NoDatabase }
            ? Refused(failure)
            : failure;
}
