using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MyData.Core.Ledger;
using Npgsql;

namespace MyData.Tests.Support;

/// <summary>
/// The one checker of a whole log, behind every test that had one: <see cref="CoreHost"/> and <see cref="Portal"/> cannot be disposed of
/// without it. It knows the rows and the files alone, and none of the code that wrote them, so that it judges a process that was killed too.
/// </summary>
public sealed class WholeLog
{
    private const int Most = 20;
    private readonly List<string> _wrong = [];
    private readonly string _folder;

    private WholeLog(string folder) => _folder = folder;

    /// <param name="database">a connection string; nobody writes there now</param>
    /// <param name="folder">of the log's files, a folder a year; need not be there</param>
    /// <param name="endsBent">the test has bent it on purpose: then it must be found</param>
    public static async Task RequireAsync(string database, string folder, bool endsBent = false)
    {
        var wrong = await FindAsync(database, folder);
        if (endsBent)
            Assert.NotEmpty(wrong);
        else
            Assert.Empty(wrong);
    }

    /// <summary>What is wrong with it, a sentence each.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(string database, string folder)
    {
        var whole = new WholeLog(folder);
        await using DbConnection connection = database.StartsWith("Data Source=", StringComparison.Ordinal)
            ? new SqliteConnection(database + ";Pooling=False")
            : new NpgsqlConnection(database + ";Pooling=False");
        await connection.OpenAsync();
        await whole.ReadAsync(connection);
        return whole._wrong;
    }

    private async Task ReadAsync(DbConnection connection)
    {
        var logs = await RowsAsync(
            connection,
            """SELECT "Id", "Year", "Key" FROM ledger_logs""",
            row => (Id: row.GetInt32(0), Year: row.GetInt32(1), Key: VerifierKey.Parse(row.GetString(2)))
        );
        var entries = await RowsAsync(
            connection,
            """SELECT "Log", "Id", "Idx", "Bytes", "EventId" FROM ledger_entries ORDER BY "Log", "Idx" """,
            row => new Entry(
                row.GetInt32(0),
                Name(row.GetValue(1)),
                row.IsDBNull(2) ? null : row.GetInt64(2),
                row.GetFieldValue<byte[]>(3),
                row.IsDBNull(4) ? null : row.GetInt64(4)
            )
        );
        var checkpoints = await RowsAsync(
            connection,
            """SELECT "Log", "Size", "Root", "Note" FROM ledger_checkpoints ORDER BY "Log", "Size" """,
            row => new Size(
                row.GetInt32(0),
                row.GetInt64(1),
                row.GetFieldValue<byte[]>(2),
                row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3)
            )
        );
        foreach (var (id, year, key) in logs)
            Log(
                key,
                Path.Combine(_folder, year.ToString(CultureInfo.InvariantCulture)),
                [.. entries.Where(e => e.Log == id)],
                [.. checkpoints.Where(c => c.Log == id)]
            );
        Events(
            entries,
            await RowsAsync(
                connection,
                """SELECT "Id", "Kind", "CitizenId" FROM events""",
                row => (row.GetInt64(0), row.GetString(1), !row.IsDBNull(2))
            )
        );
        Tags(
            entries,
            await RowsAsync(
                connection,
                """SELECT "Tag", "Entry" FROM ledger_tags""",
                row => (Convert.ToHexString(row.GetFieldValue<byte[]>(0)), Name(row.GetValue(1)))
            )
        );
    }

    /// <summary>Places are dense, and every root that the log has had is that of its records; the last one is of all of them.</summary>
    private void Log(VerifierKey key, string folder, List<Entry> entries, List<Size> sizes)
    {
        for (var place = 0; place < entries.Count; place++)
            Unless(entries[place].Index == place, $"{key.Name}: {entries[place].Index} stands at {place}");
        Unless(
            (sizes.Count > 0 ? sizes[^1].Records : 0) == entries.Count,
            $"{key.Name}: the last checkpoint is not that of {entries.Count} records"
        );
        var hashes = entries.ConvertAll(e => Merkle.LeafHash(e.Bytes));
        var tree = TreeEdge.Empty;
        var tiles = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var size in sizes.Where(size => size.Records <= entries.Count))
        {
            tree = tree.Append(MerkleProofs.Join([.. hashes.Take((int)tree.Size..(int)size.Records)]));
            foreach (var tile in tree.Completed)
                tiles[tile.Path.ToString()] = tile.Bytes().ToArray();
            Unless(tree.Root.Span.SequenceEqual(size.Root), $"{key.Name}: the root of {size.Records} is another");
            if (size.Note is not null)
                Note(key, size.Note, [size], $"the note of {size.Records}");
        }
        Files(key, folder, entries, tiles, sizes);
    }

    private void Files(
        VerifierKey key,
        string folder,
        List<Entry> entries,
        Dictionary<string, byte[]> tiles,
        List<Size> sizes
    )
    {
        if (!Directory.Exists(folder))
            return;
        var newest = Path.Combine(folder, ILogReader.Checkpoint);
        if (File.Exists(newest))
            Note(key, File.ReadAllBytes(newest), sizes, newest);
        var below = Path.Combine(folder, "tile");
        if (!Directory.Exists(below))
            return;
        foreach (var file in Directory.EnumerateFiles(below, "*", SearchOption.AllDirectories))
        {
            // What a kill left half written has a name of its own.
            if (!TilePath.TryParse(Path.GetRelativePath(folder, file), out var path))
                continue;
            var right = path.Level == TilePath.Entries ? Bundle(entries, path) : tiles.GetValueOrDefault($"{path}");
            Unless(right is not null && File.ReadAllBytes(file).AsSpan().SequenceEqual(right), $"{file} is another");
        }
    }

    private static byte[]? Bundle(List<Entry> entries, TilePath path)
    {
        var from = (int)path.Index * Tile.FullWidth;
        return from + path.Width > entries.Count
            ? null
            : EntryBundle.Write(entries.GetRange(from, path.Width).Select(e => (ReadOnlyMemory<byte>)e.Bytes));
    }

    private void Note(VerifierKey key, byte[] bytes, List<Size> sizes, string what)
    {
        try
        {
            var note = SignedNote.Parse(bytes);
            var said = Checkpoint.Parse(note.Text.Span);
            Unless(note.SignedBy(key).Count > 0 && said.Origin == key.Name, $"{what} is not signed by {key.Name}");
            Unless(
                sizes.Exists(size => size.Records == said.Size && said.Root.Span.SequenceEqual(size.Root)),
                $"{what} is of another tree"
            );
        }
        catch (LedgerException refused)
        {
            Unless(false, $"{what}: {refused.Code}");
        }
    }

    /// <summary>Each event is one record, of its kind and of somebody where it is about somebody; other systems' records have none.</summary>
    private void Events(List<Entry> entries, List<(long Id, string Kind, bool IsAboutSomebody)> events)
    {
        var kinds = events.ToDictionary(e => e.Id);
        var records = entries.Where(entry => entry.Event is not null).ToList();
        Unless(records.Count == events.Count, $"{events.Count} events, {records.Count} records of them");
        foreach (var entry in records)
            Unless(
                kinds.Remove(entry.Event!.Value, out var happened)
                    && Record(entry) is { } record
                    && record.Operation == happened.Kind
                    && record.Tags.Count > 0 == happened.IsAboutSomebody,
                $"{entry.Index} is not what event {entry.Event} says"
            );
    }

    /// <summary>Each record is one, under its own id, and its tags lead to it and to nothing else.</summary>
    private void Tags(List<Entry> entries, List<(string Tag, string Entry)> rows)
    {
        var tags = rows.ToDictionary(row => row.Tag, row => row.Entry);
        var count = 0;
        foreach (var entry in entries)
        {
            if (Record(entry) is not { } record)
                continue;
            Unless(Name(record.Id) == entry.Id, $"{entry.Index} has another id");
            count += record.Tags.Count;
            foreach (var tag in record.Tags)
                Unless(
                    tags.GetValueOrDefault(Convert.ToHexString(tag)) == entry.Id,
                    $"a tag of {entry.Index} leads elsewhere"
                );
        }
        Unless(count == tags.Count, $"{count} tags in records, {tags.Count} in their table");
    }

    private LedgerRecord? Record(Entry entry)
    {
        try
        {
            return LedgerRecord.Parse(entry.Bytes);
        }
        catch (LedgerException refused)
        {
            Unless(false, $"{entry.Index} is no record: {refused.Code}");
            return null;
        }
    }

    private void Unless(bool right, string wrong)
    {
        if (!right && _wrong.Count < Most)
            _wrong.Add(wrong);
    }

    // A Guid, or the text in which SQLite keeps one.
    private static string Name(object id) => id.ToString()!.ToUpperInvariant();

    private static async Task<List<T>> RowsAsync<T>(DbConnection connection, string sql, Func<DbDataReader, T> read)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }

    private sealed record Entry(int Log, string Id, long? Index, byte[] Bytes, long? Event);

    private sealed record Size(int Log, long Records, byte[] Root, byte[]? Note);
}
