using System.Data.Common;
using MyData.Core.Data;
using Npgsql;

namespace MyData.Core.Recording;

/// <summary>What is asked and stored for a whole batch: the one thing that each database does best in its own way.</summary>
internal interface IEntryStore
{
    /// <inheritdoc cref="LedgerCommands.Look"/>
    SentLook Look(SentQuestion asked);

    /// <inheritdoc cref="LedgerCommands.TakeMarks"/>
    Dictionary<Guid, (byte[] Key, long Counter)> TakeMarks(int log, Dictionary<Guid, int> counts);

    /// <summary>The records with their tags, and the log's new size and root.</summary>
    void Store(int log, IReadOnlyList<NewEntry> entries, long size, byte[] root);
}

/// <summary>What a batch of other systems' records names.</summary>
/// <param name="Holding">the systems that want a display held</param>
internal sealed record SentQuestion(
    IReadOnlyList<Guid> Ids,
    IReadOnlyList<(string Client, string Kid)> Keys,
    IReadOnlyList<string> Pseudonyms,
    IReadOnlyList<string> Holding
);

/// <summary>What is known of it, in any log: the records that are there, the keys that are good, and the people.</summary>
internal sealed record SentLook
{
    public Dictionary<Guid, (int Log, long Index, byte[] Bytes)> Entries { get; } = [];
    public HashSet<(string Client, string Kid)> Keys { get; } = [];

    /// <summary>Systems that may have displays held.</summary>
    public HashSet<string> Holders { get; } = new(StringComparer.Ordinal);

    /// <summary>By pseudonym; an account goes before a name without one.</summary>
    public Dictionary<string, Guid> People { get; } = new(StringComparer.Ordinal);
}

/// <summary>A statement each, prepared: there is no way to go.</summary>
internal sealed class SqliteEntries(LedgerCommands commands, WriterStatements statements) : IEntryStore
{
    private const string Find = "SELECT Id, Log, Idx, Bytes FROM ledger_entries WHERE Id = $1";
    private const string Key =
        "SELECT Client, Kid FROM ledger_client_keys WHERE Client = $1 AND Kid = $2 AND RevokedAt IS NULL";
    private const string Holder = "SELECT Client FROM ledger_hold_rights WHERE Client = $1";
    private const string Named = "SELECT Pseudonym, PersonId FROM ledger_named WHERE Pseudonym = $1";
    private const string Account = "SELECT Pseudonym, Id FROM citizens WHERE Pseudonym = $1";
    private const string Entry =
        "INSERT INTO ledger_entries (Id, Log, Idx, Bytes, EventId) VALUES ($1, $2, $3, $4, $5)";
    private const string Tag = "INSERT INTO ledger_tags (Tag, Entry) VALUES ($1, $2)";
    private const string Checkpoint = "INSERT INTO ledger_checkpoints (Log, Size, Root) VALUES ($1, $2, $3)";

    public SentLook Look(SentQuestion asked)
    {
        var found = new SentLook();
        foreach (var id in asked.Ids)
            Read(Find, row => row.AddEntryTo(found), id);
        foreach (var (client, kid) in asked.Keys)
            Read(Key, row => row.AddKeyTo(found), client, kid);
        foreach (var client in asked.Holding)
            Read(Holder, row => row.AddHolderTo(found), client);
        foreach (var pseudonym in asked.Pseudonyms)
        {
            Read(Named, row => row.AddPersonTo(found), pseudonym);
            Read(Account, row => row.AddPersonTo(found), pseudonym);
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
            statements.Run(Entry, entry.Id, log, entry.Index, entry.Bytes, entry.EventId);
            foreach (var tag in entry.Tags)
                statements.Run(Tag, tag, entry.Id);
        }
        statements.Run(Checkpoint, log, size, root);
    }

    private void Read(string text, Action<DbDataReader> each, params ReadOnlySpan<object?> values)
    {
        using var reader = statements.Read(text, values);
        while (reader.Read())
            each(reader);
    }
}

/// <summary>All in one message, with a row of each array's elements: one way to the server for the whole batch.</summary>
internal sealed class PostgresEntries(WriterStatements statements) : IEntryStore
{
    private const string Find = """SELECT "Id", "Log", "Idx", "Bytes" FROM ledger_entries WHERE "Id" = ANY ($1)""";
    private const string Keys = """
        SELECT "Client", "Kid" FROM ledger_client_keys JOIN unnest($1, $2) AS asked (client, kid)
        ON "Client" = asked.client AND "Kid" = asked.kid WHERE "RevokedAt" IS NULL
        """;
    private const string Holders = """SELECT "Client" FROM ledger_hold_rights WHERE "Client" = ANY ($1)""";
    private const string Named = """SELECT "Pseudonym", "PersonId" FROM ledger_named WHERE "Pseudonym" = ANY ($1)""";
    private const string Accounts = """SELECT "Pseudonym", "Id" FROM citizens WHERE "Pseudonym" = ANY ($1)""";
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

    public SentLook Look(SentQuestion asked)
    {
        var found = new SentLook();
        string[] pseudonyms = [.. asked.Pseudonyms];
        using var batch = Batch();
        Add(batch, Find, asked.Ids.ToArray());
        Add(batch, Keys, asked.Keys.Select(key => key.Client).ToArray(), asked.Keys.Select(key => key.Kid).ToArray());
        Add(batch, Holders, (object)asked.Holding.ToArray());
        Add(batch, Named, (object)pseudonyms);
        Add(batch, Accounts, (object)pseudonyms);
        using var reader = batch.ExecuteReader();
        foreach (
            var add in (Action<DbDataReader, SentLook>[])
                [
                    SentRows.AddEntryTo,
                    SentRows.AddKeyTo,
                    SentRows.AddHolderTo,
                    SentRows.AddPersonTo,
                    SentRows.AddPersonTo,
                ]
        )
        {
            while (reader.Read())
                add(reader, found);
            reader.NextResult();
        }
        return found;
    }

    public Dictionary<Guid, (byte[] Key, long Counter)> TakeMarks(int log, Dictionary<Guid, int> counts)
    {
        var taken = new Dictionary<Guid, (byte[], long)>(counts.Count);
        Guid[] people = [.. counts.Keys];
        using var reader = statements.Read(
            Marks,
            log,
            people,
            Array.ConvertAll(people, person => (long)counts[person])
        );
        while (reader.Read())
        {
            var person = reader.GetGuid(0);
            taken.Add(person, (reader.GetFieldValue<byte[]>(2), reader.GetInt64(1) - counts[person]));
        }
        return taken;
    }

    public void Store(int log, IReadOnlyList<NewEntry> entries, long size, byte[] root)
    {
        var tags = entries.SelectMany(entry => entry.Tags.Select(tag => (Tag: tag, Entry: entry.Id))).ToList();
        using var batch = Batch();
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

    private NpgsqlBatch Batch() =>
        new((NpgsqlConnection)statements.Connection, (NpgsqlTransaction)statements.Transaction);

    private static void Add(NpgsqlBatch batch, string text, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }
}

/// <summary>Rows as both databases give them.</summary>
internal static class SentRows
{
    public static void AddEntryTo(this DbDataReader row, SentLook found) =>
        found.Entries[row.GetGuid(0)] = (row.GetInt32(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3));

    public static void AddKeyTo(this DbDataReader row, SentLook found) =>
        found.Keys.Add((row.GetString(0), row.GetString(1)));

    public static void AddHolderTo(this DbDataReader row, SentLook found) => found.Holders.Add(row.GetString(0));

    public static void AddPersonTo(this DbDataReader row, SentLook found) =>
        found.People[row.GetString(0)] = row.GetGuid(1);
}
