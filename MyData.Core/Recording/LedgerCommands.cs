using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using MyData.Core.Data;

namespace MyData.Core.Recording;

/// <summary>The log's statements in the write queue: prepared once, for they run with every write.</summary>
internal sealed class LedgerCommands
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _entry;
    private readonly SqliteCommand _tag;
    private readonly SqliteCommand _checkpoint;
    private readonly SqliteCommand _person;
    private readonly SqliteCommand _newPerson;
    private readonly SqliteCommand _counter;
    private readonly SqliteCommand _erase;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _key;
    private readonly SqliteCommand _named;
    private readonly SqliteCommand _newNamed;
    private readonly SqliteCommand _passOn;

    private LedgerCommands(SqliteConnection connection)
    {
        _connection = connection;
        _entry = Command(
            "INSERT INTO ledger_entries (Id, Log, Idx, Bytes, EventId) VALUES ($id, $log, $idx, $bytes, $event)",
            "$id",
            "$log",
            "$idx",
            "$bytes",
            "$event"
        );
        _tag = Command("INSERT INTO ledger_tags (Tag, Entry) VALUES ($tag, $entry)", "$tag", "$entry");
        _checkpoint = Command(
            "INSERT INTO ledger_checkpoints (Log, Size, Root) VALUES ($log, $size, $root)",
            "$log",
            "$size",
            "$root"
        );
        _person = Command("SELECT Key FROM ledger_people WHERE CitizenId = $citizen", "$citizen");
        _newPerson = Command("INSERT INTO ledger_people (CitizenId, Key) VALUES ($citizen, $key)", "$citizen", "$key");
        _counter = Command(
            "INSERT INTO ledger_counters (CitizenId, Log, Next) VALUES ($citizen, $log, 1) "
                + "ON CONFLICT DO UPDATE SET Next = Next + 1 RETURNING Next - 1",
            "$citizen",
            "$log"
        );
        _erase = Command(
            "UPDATE ledger_people SET Key = NULL WHERE CitizenId = $citizen; "
                + "DELETE FROM ledger_counters WHERE CitizenId = $citizen",
            "$citizen"
        );
        _find = Command("SELECT Log, Idx, Bytes FROM ledger_entries WHERE Id = $id", "$id");
        _key = Command(
            "SELECT 1 FROM ledger_client_keys WHERE Client = $client AND Kid = $kid AND RevokedAt IS NULL",
            "$client",
            "$kid"
        );
        _named = Command("SELECT PersonId FROM ledger_named WHERE Pseudonym = $pseudonym", "$pseudonym");
        _newNamed = Command(
            "INSERT INTO ledger_named (Pseudonym, PersonId) VALUES ($pseudonym, $person)",
            "$pseudonym",
            "$person"
        );
        _passOn = Command(
            "INSERT INTO ledger_counters (CitizenId, Log, Next) "
                + "SELECT $citizen, Log, Next FROM ledger_counters WHERE CitizenId = $person; "
                + "UPDATE ledger_people SET Key = NULL WHERE CitizenId = $person; "
                + "DELETE FROM ledger_counters WHERE CitizenId = $person; "
                + "DELETE FROM ledger_named WHERE Pseudonym = $pseudonym",
            "$person",
            "$citizen",
            "$pseudonym"
        );
    }

    /// <summary>Those of this connection, in its present transaction.</summary>
    public static LedgerCommands In(MyDataDb db, LedgerCommands? before)
    {
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        var commands = before?._connection == connection ? before : new LedgerCommands(connection);
        var transaction = (SqliteTransaction?)db.Database.CurrentTransaction?.GetDbTransaction();
        foreach (var command in commands.All)
            command.Transaction = transaction;
        return commands;
    }

    /// <param name="eventId">none where another system recorded it</param>
    public void AddEntry(Guid id, int log, long index, byte[] bytes, long? eventId) =>
        Set(_entry, id, log, index, bytes, eventId is { } known ? known : DBNull.Value).ExecuteNonQuery();

    /// <summary>The record of this id, in any log.</summary>
    public (int Log, long Index, byte[] Bytes)? FindEntry(Guid id)
    {
        using var reader = Set(_find, id).ExecuteReader();
        return reader.Read() ? (reader.GetInt32(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)) : null;
    }

    /// <summary>Whether a caller's key is registered, and not revoked.</summary>
    public bool IsGood(string client, string kid) => Set(_key, client, kid).ExecuteScalar() is not null;

    /// <summary>Under which id the vault knows somebody who was named and had no account then.</summary>
    public Guid? FindNamed(string pseudonym) =>
        Set(_named, pseudonym).ExecuteScalar() is string id ? Guid.Parse(id) : null;

    public void AddNamed(string pseudonym, Guid person) => Set(_newNamed, pseudonym, person).ExecuteNonQuery();

    /// <summary>Counters go over to her account; the name is forgotten, and the key under it.</summary>
    public void PassOn(Guid person, Guid citizenId, string pseudonym) =>
        Set(_passOn, person, citizenId, pseudonym).ExecuteNonQuery();

    /// <exception cref="SqliteException">the tag is in the log already</exception>
    public void AddTag(byte[] tag, Guid entry) => Set(_tag, tag, entry).ExecuteNonQuery();

    public void AddCheckpoint(int log, long size, byte[] root) => Set(_checkpoint, log, size, root).ExecuteNonQuery();

    /// <summary>Her sealed key: null for somebody new, empty where it was destroyed.</summary>
    public byte[]? FindKey(Guid citizenId) =>
        Set(_person, citizenId).ExecuteScalar() switch
        {
            null => null,
            byte[] key => key,
            _ => [],
        };

    public void AddKey(Guid citizenId, byte[] key) => Set(_newPerson, citizenId, key).ExecuteNonQuery();

    public long TakeCounter(Guid citizenId, int log) => (long)Set(_counter, citizenId, log).ExecuteScalar()!;

    public void Erase(Guid citizenId) => Set(_erase, citizenId).ExecuteNonQuery();

    private SqliteCommand[] All =>
        [_entry, _tag, _checkpoint, _person, _newPerson, _counter, _erase, _find, _key, _named, _newNamed, _passOn];

    private SqliteCommand Command(string text, params string[] names)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in names)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private static SqliteCommand Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var at = 0; at < values.Length; at++)
            command.Parameters[at].Value = values[at];
        return command;
    }
}
