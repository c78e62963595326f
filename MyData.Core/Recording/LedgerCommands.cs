using System.Data.Common;
using Microsoft.Data.Sqlite;
using MyData.Core.Data;
using Npgsql;

namespace MyData.Core.Recording;

/// <summary>The log's statements in the write queue. Both databases understand them.</summary>
internal sealed class LedgerCommands
{
    private const string Mark = """
        INSERT INTO ledger_counters ("CitizenId", "Log", "Next")
        SELECT "CitizenId", $2, $3 FROM ledger_people WHERE "CitizenId" = $1 AND "Key" IS NOT NULL
        ON CONFLICT ("CitizenId", "Log") DO UPDATE SET "Next" = ledger_counters."Next" + $3
        RETURNING "Next" - $3, (SELECT "Key" FROM ledger_people WHERE "CitizenId" = $1)
        """;
    private const string Copy = """
        INSERT INTO ledger_counters ("CitizenId", "Log", "Next")
        SELECT $2, "Log", "Next" FROM ledger_counters WHERE "CitizenId" = $1
        """;
    private readonly WriterStatements _statements;
    private readonly IEntryStore _store;

    private LedgerCommands(WriterStatements statements)
    {
        _statements = statements;
        _store = statements.Connection switch
        {
            SqliteConnection => new SqliteEntries(this, statements),
            NpgsqlConnection => new PostgresEntries(statements),
            _ => throw new ArgumentException("Another database.", nameof(statements)),
        };
    }

    /// <summary>Those of this connection.</summary>
    public static LedgerCommands In(WriterStatements statements, LedgerCommands? before) =>
        before?._statements == statements ? before : new LedgerCommands(statements);

    /// <summary>The batch's records with their tags, and the log's new size and root.</summary>
    /// <exception cref="DbException">a tag is in the log already</exception>
    public void Store(int log, IReadOnlyList<NewEntry> entries, long size, byte[] root) =>
        _store.Store(log, entries, size, root);

    /// <summary>What is known of all that a batch names, in one question; as much work whoever has an account.</summary>
    public SentLook Look(SentQuestion asked) => _store.Look(asked);

    /// <summary>Under which id the vault knows somebody who was named and had no account then.</summary>
    public Guid? FindNamed(string pseudonym)
    {
        using var row = _statements.Read("""SELECT "PersonId" FROM ledger_named WHERE "Pseudonym" = $1""", pseudonym);
        return row.Read() ? row.GetGuid(0) : null;
    }

    public void AddNamed(string pseudonym, Guid person) =>
        _statements.Run("""INSERT INTO ledger_named ("Pseudonym", "PersonId") VALUES ($1, $2)""", pseudonym, person);

    /// <summary>Counters go over to her account; the name is forgotten, and the key under it.</summary>
    public void PassOn(Guid person, Guid citizenId, string pseudonym)
    {
        _statements.Run(Copy, person, citizenId);
        Erase(person);
        _statements.Run("""DELETE FROM ledger_named WHERE "Pseudonym" = $1""", pseudonym);
    }

    /// <summary>Her sealed key, and her next counter in this log, which is taken; null for somebody new, and where the key was destroyed.</summary>
    public (byte[] Key, long Counter)? TakeMark(Guid citizenId, int log, long count = 1)
    {
        using var row = _statements.Read(Mark, citizenId, log, count);
        return row.Read() ? (row.GetFieldValue<byte[]>(1), row.GetInt64(0)) : null;
    }

    /// <summary>The sealed keys of people, and the first of as many counters of each; those who are new or erased are not in it.</summary>
    public Dictionary<Guid, (byte[] Key, long Counter)> TakeMarks(int log, Dictionary<Guid, int> counts) =>
        _store.TakeMarks(log, counts);

    /// <summary>Her sealed key: null for somebody new, empty where it was destroyed.</summary>
    public byte[]? FindKey(Guid citizenId)
    {
        using var row = _statements.Read("""SELECT "Key" FROM ledger_people WHERE "CitizenId" = $1""", citizenId);
        if (!row.Read())
            return null;
        return row.IsDBNull(0) ? [] : row.GetFieldValue<byte[]>(0);
    }

    public void AddKey(Guid citizenId, byte[] key) =>
        _statements.Run("""INSERT INTO ledger_people ("CitizenId", "Key") VALUES ($1, $2)""", citizenId, key);

    public void Erase(Guid citizenId)
    {
        _statements.Run("""UPDATE ledger_people SET "Key" = NULL WHERE "CitizenId" = $1""", citizenId);
        _statements.Run("""DELETE FROM ledger_counters WHERE "CitizenId" = $1""", citizenId);
    }
}
