using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace MyData.Core.Data;

/// <summary>A column whose values the vault seals, each bound to the id of its row.</summary>
public sealed record SealedColumn(string Table, string Column, string Purpose);

/// <summary>The sealed columns, as their features named them.</summary>
public sealed class SealedColumns(IEnumerable<SealedColumn> columns, PersonalDataVault vault)
{
    /// <summary>One more whenever a column that held clear values becomes a sealed one.</summary>
    private const int Version = 1;

    public SealedColumn? Find(string table, string column) =>
        columns.FirstOrDefault(known => known.Table == table && known.Column == column);

    /// <exception cref="System.Security.Cryptography.CryptographicException">Not sealed by this platform for this row.</exception>
    public string Open(SealedColumn column, byte[] value, Guid row) => vault.Open(value, column.Purpose, row);

    /// <summary>
    /// Seals what an older version left in clear, in one transaction, before anything is served: SQLite keeps a text a text,
    /// whatever the column has become. The database's own number says that it was done, so that no later start looks at every row.
    /// </summary>
    internal void SealClearRows(MyDataDb db)
    {
        if (db.Database.SqlQueryRaw<int>("SELECT user_version AS Value FROM pragma_user_version").Single() >= Version)
            return;
        using (var transaction = db.Database.BeginTransaction())
        {
            foreach (var column in columns)
                Seal(db, column);
            db.Database.ExecuteSqlRaw($"PRAGMA user_version = {Version}");
            transaction.Commit();
        }
        // The clear values stand in the log until it is written back.
        db.Database.ExecuteSqlRaw("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private void Seal(MyDataDb db, SealedColumn column)
    {
        var update = $"UPDATE \"{column.Table}\" SET \"{column.Column}\" = {{0}} WHERE \"Id\" = {{1}}";
        foreach (var (id, clear) in Clear(db, column))
            db.Database.ExecuteSqlRaw(update, vault.Seal(clear, column.Purpose, id), id);
    }

    private static List<(Guid Id, string Clear)> Clear(MyDataDb db, SealedColumn column)
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandText =
            $"SELECT \"Id\", \"{column.Column}\" FROM \"{column.Table}\" WHERE typeof(\"{column.Column}\") = 'text'";
        using var reader = command.ExecuteReader();
        var rows = new List<(Guid, string)>();
        while (reader.Read())
            rows.Add((reader.GetGuid(0), reader.GetString(1)));
        return rows;
    }
}

public static class SealedColumnSetup
{
    /// <summary>Names a column that the vault seals, of a table whose key is a Guid <c>Id</c>.</summary>
    public static IServiceCollection AddSealedColumn(
        this IServiceCollection services,
        string table,
        string column,
        string purpose
    ) => services.AddSingleton(new SealedColumn(table, column, purpose));
}
