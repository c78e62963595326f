using Microsoft.Data.Sqlite;

namespace MyData.Core.Data;

/// <summary>Where the database is: an SQLite file for one machine, a PostgreSQL server for several.</summary>
public sealed record DatabaseSettings
{
    /// <summary>
    /// <c>Data Source=App_Data/mydata.db</c> is SQLite; what names a host is PostgreSQL: <c>Host=…;Database=…</c>, <c>Server=…</c>,
    /// <c>postgresql://…</c>.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>PostgreSQL: where this machine keeps what stands beside an SQLite file.</summary>
    public string Folder { get; init; } = "";

    public bool IsPostgres => PostgresAddress.IsOne(ConnectionString);

    /// <summary>The log's files, where no setting says another place.</summary>
    /// <exception cref="StartRefusedException">There is no file, and no folder is set.</exception>
    public string LedgerFolder =>
        IsPostgres ? FolderOrRefusal : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(File))!, "ledger");

    /// <summary>A socket or a lock of the process that uses this database.</summary>
    public string Beside(string name) =>
        IsPostgres ? Path.Combine(FolderOrRefusal, $"mydata.{name}") : $"{File}.{name}";

    /// <summary>SQLite's file.</summary>
    internal string File => new SqliteConnectionStringBuilder(ConnectionString).DataSource;

    private string FolderOrRefusal =>
        Folder.Length > 0
            ? Folder
            : throw new StartRefusedException([
                "MyData:Ledger:Folder is not set: beside PostgreSQL there is no file that the ledger's could stand with.",
            ]);
}
