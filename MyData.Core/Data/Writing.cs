using Microsoft.Data.Sqlite;
using MyData.Core.Ledger;
using Npgsql;

namespace MyData.Core.Data;

/// <summary>How a write or a reading fails that is not the caller's own fault.</summary>
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

    // postgresql.org/docs/15/errcodes-appendix.html: connection lost; disk, memory or connections used up; shut down or starting, and a
    // statement that took too long; the disk fails; a standby; damaged pages.
    private static readonly string[] PostgresStates = ["08", "53", "57", "58", "25006", "XX001", "XX002"];

    /// <summary>Whether it was refused for the moment, or the database cannot be asked: whoever comes again may be served.</summary>
    public static bool IsUnavailable(Exception? failure) =>
        failure is LedgerException { Code: Unavailable } || (failure is not null && IsDown(failure));

    internal static LedgerException Refused(Exception cause) => new(Unavailable, "Nothing can be written now.", cause);

    /// <summary>The failure of one write: of the disk or the database where it is theirs, else as it is.</summary>
    internal static Exception Of(Exception failure) => IsDown(failure) ? Refused(failure) : failure;

    // Entity Framework has its own exception around the database's, sometimes two.
    private static bool IsDown(Exception failure)
    {
        for (var one = failure; one is not null; one = one.InnerException)
            switch (one)
            {
                case SqliteException sqlite:
                    return sqlite.SqliteErrorCode is ReadOnly or Io or Corrupt or Full or CannotOpen or NoDatabase;
                case PostgresException postgres:
                    return PostgresStates.Any(state => postgres.SqlState.StartsWith(state, StringComparison.Ordinal));
                // No answer of the server: the way there is broken, or took too long.
                case NpgsqlException:
                    return true;
                // The driver's own slip (10.0.0) on a connection of its pool that the server has closed meanwhile.
                case NullReferenceException { Source: "Npgsql" }:
                    return true;
            }
        return false;
    }
}
