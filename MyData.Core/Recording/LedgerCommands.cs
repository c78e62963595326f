using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using MyData.Core.Data;
using Npgsql;

namespace MyData.Core.Recording;

/// <summary>The log's statements in the write queue: prepared once, for they run with every write. Both databases understand them.</summary>
internal sealed class LedgerCommands
{
    private readonly DbConnection _connection;
    private readonly IEntryStore _store;
    private readonly DbCommand _mark;
    private readonly DbCommand _person;
    private readonly DbCommand _newPerson;
    private readonly DbCommand _named;
    private readonly DbCommand _newNamed;
    private readonly DbCommand _forgetKey;
    private readonly DbCommand _forgetCounters;
    private readonly DbCommand _passOn;
    private readonly DbCommand _forgetName;
    private readonly DbCommand[] _all;

    private LedgerCommands(DbConnection connection)
    {
        _connection = connection;
        _store = connection switch
        {
            SqliteConnection sqlite => new SqliteEntries(this, sqlite),
            NpgsqlConnection postgres => new PostgresEntries(postgres),
            _ => throw new ArgumentException("Another database.", nameof(connection)),
        };
        _all =
        [
            _mark = Command(
                """
                INSERT INTO ledger_counters ("CitizenId", "Log", "Next")
                SELECT "CitizenId", $2, $3 FROM ledger_people WHERE "CitizenId" = $1 AND "Key" IS NOT NULL
                ON CONFLICT ("CitizenId", "Log") DO UPDATE SET "Next" = ledger_counters."Next" + $3
                RETURNING "Next" - $3, (SELECT "Key" FROM ledger_people WHERE "CitizenId" = $1)
                """
            ),
            _person = Command("""SELECT "Key" FROM ledger_people WHERE "CitizenId" = $1"""),
            _newPerson = Command("""INSERT INTO ledger_people ("CitizenId", "Key") VALUES ($1, $2)"""),
            _named = Command("""SELECT "PersonId" FROM ledger_named WHERE "Pseudonym" = $1"""),
            _newNamed = Command("""INSERT INTO ledger_named ("Pseudonym", "PersonId") VALUES ($1, $2)"""),
            _forgetKey = Command("""UPDATE ledger_people SET "Key" = NULL WHERE "CitizenId" = $1"""),
            _forgetCounters = Command("""DELETE FROM ledger_counters WHERE "CitizenId" = $1"""),
            _passOn = Command(
                """
                INSERT INTO ledger_counters ("CitizenId", "Log", "Next")
                SELECT $2, "Log", "Next" FROM ledger_counters WHERE "CitizenId" = $1
                """
            ),
            _forgetName = Command("""DELETE FROM ledger_named WHERE "Pseudonym" = $1"""),
        ];
    }

    /// <summary>Those of this connection, in its present transaction.</summary>
    public static LedgerCommands In(MyDataDb db, LedgerCommands? before)
    {
        var connection = db.Database.GetDbConnection();
        var commands = before?._connection == connection ? before : new LedgerCommands(connection);
        var transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        foreach (var command in commands._all)
            command.Transaction = transaction;
        commands._store.Transaction = transaction;
        return commands;
    }

    /// <summary>The batch's records with their tags, and the log's new size and root.</summary>
    /// <exception cref="DbException">a tag is in the log already</exception>
    public void Store(int log, IReadOnlyList<NewEntry> entries, long size, byte[] root) =>
        _store.Store(log, entries, size, root);

    /// <summary>What is known of all that a batch names, in one question; as much work whoever has an account.</summary>
    public SentLook Look(SentQuestion asked) => _store.Look(asked);

    /// <summary>Under which id the vault knows somebody who was named and had no account then.</summary>
    public Guid? FindNamed(string pseudonym)
    {
        using var reader = Set(_named, pseudonym).ExecuteReader();
        return reader.Read() ? reader.GetGuid(0) : null;
    }

    public void AddNamed(string pseudonym, Guid person) => Set(_newNamed, pseudonym, person).ExecuteNonQuery();

    /// <summary>Counters go over to her account; the name is forgotten, and the key under it.</summary>
    public void PassOn(Guid person, Guid citizenId, string pseudonym)
    {
        Set(_passOn, person, citizenId).ExecuteNonQuery();
        Erase(person);
        Set(_forgetName, pseudonym).ExecuteNonQuery();
    }

    /// <summary>Her sealed key, and her next counter in this log, which is taken; null for somebody new, and where the key was destroyed.</summary>
    public (byte[] Key, long Counter)? TakeMark(Guid citizenId, int log, long count = 1)
    {
        using var reader = Set(_mark, citizenId, log, count).ExecuteReader();
        return reader.Read() ? (reader.GetFieldValue<byte[]>(1), reader.GetInt64(0)) : null;
    }

    /// <summary>The sealed keys of people, and the first of as many counters of each; those who are new or erased are not in it.</summary>
    public Dictionary<Guid, (byte[] Key, long Counter)> TakeMarks(int log, Dictionary<Guid, int> counts) =>
        _store.TakeMarks(log, counts);

    /// <summary>Her sealed key: null for somebody new, empty where it was destroyed.</summary>
    public byte[]? FindKey(Guid citizenId) =>
        Set(_person, citizenId).ExecuteScalar() switch
        {
            null => null,
            byte[] key => key,
            _ => [],
        };

    public void AddKey(Guid citizenId, byte[] key) => Set(_newPerson, citizenId, key).ExecuteNonQuery();

    public void Erase(Guid citizenId)
    {
        Set(_forgetKey, citizenId).ExecuteNonQuery();
        Set(_forgetCounters, citizenId).ExecuteNonQuery();
    }

    private DbCommand Command(string text)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        return command;
    }

    private static DbCommand Set(DbCommand command, params ReadOnlySpan<object> values)
    {
        for (var at = 0; at < values.Length; at++)
        {
            if (at == command.Parameters.Count)
                command.Parameters.Add(EntryParameters.New(command, at));
            command.Parameters[at].Value = values[at];
        }
        return command;
    }
}
