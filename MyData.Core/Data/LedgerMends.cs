using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace MyData.Core.Data;

/// <summary>
/// Writes what the triggers refuse, for the one purpose of putting a row back as it was signed: they are taken off and put on again in the
/// transaction of the repair, so no other ever sees the tables without them, and a crash undoes both. The bytes that were wrong are kept in
/// the incident of the same transaction. Who could misuse this could take the triggers off too; what holds both are the checkpoints that
/// others have.
/// </summary>
internal static class LedgerMends
{
    public static void Unguarded(MyDataDb db, string table, Action work)
    {
        var guards = db.Database.IsSqlite() ? Sqlite(db, table) : Postgres(db, table);
        foreach (var guard in guards)
            Run(db, guard.Off);
        work();
        foreach (var guard in guards)
            Run(db, guard.On);
    }

    private static List<Guard> Sqlite(MyDataDb db, string table) =>
        db
            .Database.SqlQuery<Guard>(
                $"""
                SELECT 'DROP TRIGGER ' || name AS "Off", sql AS "On" FROM sqlite_master
                WHERE type = 'trigger' AND tbl_name = {table}
                """
            )
            .ToList();

    private static List<Guard> Postgres(MyDataDb db, string table) =>
        db
            .Database.SqlQuery<Guard>(
                $"""
                SELECT 'ALTER TABLE ' || relname || ' DISABLE TRIGGER ' || tgname AS "Off",
                  'ALTER TABLE ' || relname || ' ENABLE ALWAYS TRIGGER ' || tgname AS "On"
                FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE relname = {table} AND NOT tgisinternal
                """
            )
            .ToList();

    // The statements are the database's own words about itself.
    private static void Run(MyDataDb db, string sql)
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.ExecuteNonQuery();
    }

    private sealed record Guard(string Off, string On);
}
