using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MyData.Core.Recording;

/// <summary>What is asked and stored for a whole batch: the one thing that each database does best in its own way.</summary>
internal interface IEntryStore
{
    DbTransaction? Transaction { set; }

    /// <inheritdoc cref="LedgerCommands.FindEntries"/>
    Dictionary<Guid, (int Log, long Index, byte[] Bytes)> FindEntries(IReadOnlyList<Guid> ids);

    /// <inheritdoc cref="LedgerCommands.FindNamed(IReadOnlyList{string})"/>
    Dictionary<string, Guid> FindNamed(IReadOnlyList<string> pseudonyms);

    /// <inheritdoc cref="LedgerCommands.TakeMarks"/>
    Dictionary<Guid, (byte[] Key, long Counter)> TakeMarks(int log, Dictionary<Guid, int> counts);

    /// <summary>The records with their tags, and the log's new size and root.</summary>
    void Store(int log, IReadOnlyList<NewEntry> entries, long size, byte[] root);
}

/// <summary>A statement each, prepared: there is no way to go.</summary>
internal sealed class SqliteEntries(LedgerCommands commands, SqliteConnection connection) : IEntryStore
{
    private readonly SqliteCommand _find = Command(
        connection,
        "SELECT Log, Idx, Bytes FROM ledger_entries WHERE Id = $1",
        1
    );
    private readonly SqliteCommand _entry = Command(
        connection,
        "INSERT INTO ledger_entries (Id, Log, Idx, Bytes, EventId) VALUES ($1, $2, $3, $4, $5)",
        5
    );
    private readonly SqliteCommand _tag = Command(
        connection,
        "INSERT INTO ledger_tags (Tag, Entry) VALUES ($1, $2)",
        2
    );
    private readonly SqliteCommand _checkpoint = Command(
        connection,
        "INSERT INTO ledger_checkpoints (Log, Size, Root) VALUES ($1, $2, $3)",
        3
    );

    public DbTransaction? Transaction
    {
        set =>
            _find.Transaction =
                _entry.Transaction =
                _tag.Transaction =
                _checkpoint.Transaction =
                    (SqliteTransaction?)value;
    }

    public Dictionary<Guid, (int Log, long Index, byte[] Bytes)> FindEntries(IReadOnlyList<Guid> ids)
    {
        var found = new Dictionary<Guid, (int, long, byte[])>();
        foreach (var id in ids)
        {
            _find.Parameters[0].Value = id;
            using var reader = _find.ExecuteReader();
            if (reader.Read())
                found.Add(id, (reader.GetInt32(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
        }
        return found;
    }

    public Dictionary<string, Guid> FindNamed(IReadOnlyList<string> pseudonyms)
    {
        var found = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var pseudonym in pseudonyms)
        {
            if (commands.FindNamed(pseudonym) is { } person)
                found.Add(pseudonym, person);
        }
        return found;
    }

    public Dictionary<Guid, (byte[] Key, long Counter)> TakeMarks(int log, Dictionary<Guid, int> counts)
    {
        var taken = new Dictionary<Guid, (byte[], long)>(counts.Count);
        foreach (var (person, count) in counts)
        {
            if (commands.TakeMark(person, log, count) is { } mark)
                taken.Add(person, mark);
        }
        return taken;
    }

    public void Store(int log, IReadOnlyList<NewEntry> entries, long size, byte[] root)
    {
        foreach (var entry in entries)
        {
            Run(_entry, entry.Id, log, entry.Index, entry.Bytes, entry.EventId is { } known ? known : DBNull.Value);
            foreach (var tag in entry.Tags)
                Run(_tag, tag, entry.Id);
        }
        Run(_checkpoint, log, size, root);
    }

    private static SqliteCommand Command(SqliteConnection connection, string text, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        for (var at = 0; at < parameters; at++)
            command.Parameters.Add(EntryParameters.New(command, at));
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var at = 0; at < values.Length; at++)
            command.Parameters[at].Value = values[at];
        command.ExecuteNonQuery();
    }
}

/// <summary>All in one message, with a row of each array's elements: one way to the server for the whole batch.</summary>
internal sealed class PostgresEntries(NpgsqlConnection connection) : IEntryStore
{
    private const string Find = """SELECT "Id", "Log", "Idx", "Bytes" FROM ledger_entries WHERE "Id" = ANY ($1)""";
    private const string Named = """SELECT "Pseudonym", "PersonId" FROM ledger_named WHERE "Pseudonym" = ANY ($1)""";
    private const string Marks = """
        INSERT INTO ledger_counters AS own ("CitizenId", "Log", "Next")
        SELECT people."CitizenId", $1, asked.count FROM unnest($2, $3) AS asked (id, count)
        JOIN ledger_people AS people ON people."CitizenId" = asked.id WHERE people."Key" IS NOT NULL
        ON CONFLICT ("CitizenId", "Log") DO UPDATE SET "Next" = own."Next" + EXCLUDED."Next"
        RETURNING own."CitizenId", own."Next", (SELECT "Key" FROM ledger_people WHERE "CitizenId" = own."CitizenId")
        """;
    private const string Entries = """
        INSERT INTO ledger_entries ("Id", "Log", "Idx", "Bytes", "EventId")
        SELECT new.id, $1, new.idx, new.bytes, new.event FROM unnest($2, $3, $4, $5) AS new (id, idx, bytes, event)
        """;
    private const string Tags = """
        INSERT INTO ledger_tags ("Tag", "Entry") SELECT new.tag, new.entry FROM unnest($1, $2) AS new (tag, entry)
        """;
    private const string Checkpoint = """INSERT INTO ledger_checkpoints ("Log", "Size", "Root") VALUES ($1, $2, $3)""";

    public DbTransaction? Transaction { private get; set; }

    public Dictionary<Guid, (int Log, long Index, byte[] Bytes)> FindEntries(IReadOnlyList<Guid> ids)
    {
        var found = new Dictionary<Guid, (int, long, byte[])>();
        using var command = Command(Find, ids.ToArray());
        using var reader = command.ExecuteReader();
        while (reader.Read())
            found.Add(reader.GetGuid(0), (reader.GetInt32(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3)));
        return found;
    }

    public Dictionary<string, Guid> FindNamed(IReadOnlyList<string> pseudonyms)
    {
        var found = new Dictionary<string, Guid>(StringComparer.Ordinal);
        using var command = Command(Named, (object)pseudonyms.ToArray());
        using var reader = command.ExecuteReader();
        while (reader.Read())
            found.Add(reader.GetString(0), reader.GetGuid(1));
        return found;
    }

    public Dictionary<Guid, (byte[] Key, long Counter)> TakeMarks(int log, Dictionary<Guid, int> counts)
    {
        var taken = new Dictionary<Guid, (byte[], long)>(counts.Count);
        Guid[] people = [.. counts.Keys];
        using var command = Command(Marks, log, people, Array.ConvertAll(people, person => (long)counts[person]));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var person = reader.GetGuid(0);
            taken.Add(person, (reader.GetFieldValue<byte[]>(2), reader.GetInt64(1) - counts[person]));
        }
        return taken;
    }

    private NpgsqlCommand Command(string text, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(text, connection, (NpgsqlTransaction?)Transaction);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    public void Store(int log, IReadOnlyList<NewEntry> entries, long size, byte[] root)
    {
        var tags = entries.SelectMany(entry => entry.Tags.Select(tag => (Tag: tag, Entry: entry.Id))).ToList();
        using var batch = new NpgsqlBatch(connection, (NpgsqlTransaction?)Transaction);
        Add(
            batch,
            Entries,
            log,
            entries.Select(entry => entry.Id).ToArray(),
            entries.Select(entry => entry.Index).ToArray(),
            entries.Select(entry => entry.Bytes).ToArray(),
            entries.Select(entry => entry.EventId).ToArray()
        );
        if (tags.Count > 0)
            Add(batch, Tags, tags.Select(one => one.Tag).ToArray(), tags.Select(one => one.Entry).ToArray());
        Add(batch, Checkpoint, log, size, root);
        batch.ExecuteNonQuery();
    }

    private static void Add(NpgsqlBatch batch, string text, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }
}

internal static class EntryParameters
{
    /// <summary><c>$1</c> and so on: a name to SQLite, a place to PostgreSQL, whose driver wants such a parameter nameless.</summary>
    public static DbParameter New(DbCommand command, int at)
    {
        var parameter = command.CreateParameter();
        if (command is SqliteCommand)
            parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"${at + 1}");
        return parameter;
    }
}
