using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Load.Running;

namespace MyData.Load.Ledger;

/// <summary>
/// A log that has grown for years, made in minutes: the rows, tiles and the newest root that so many records would have left, each a real
/// record with a tag of its own. What is not there are the events of the platform's own records.
/// </summary>
internal static class GrownLog
{
    /// <summary>Appended to the tree at once.</summary>
    private const int Batch = 65_536;

    private const int People = 1_000_000;

    /// <param name="folder">as <see cref="Engine"/> left it: the log's files stand below it</param>
    public static void Fill(string database, string folder, OpenLogName log, long count, CancellationToken token)
    {
        using var connection = new SqliteConnection(database + ";Pooling=False");
        connection.Open();
        // Speed for the making of it; the portal's own settings come with its own connection.
        Run("PRAGMA synchronous=OFF; PRAGMA cache_size=-4000000; PRAGMA temp_store=MEMORY");
        using var transaction = connection.BeginTransaction();
        var rows = new Rows(connection, transaction);
        var files = new LogFolder(folder);
        using var system = new CallingSystem("city-platform");
        var edge = TreeEdge.Empty;
        AddPeople(connection, transaction);
        var bundle = new List<ReadOnlyMemory<byte>>(Tile.FullWidth);
        var bundles = new List<byte[]>(Batch / Tile.FullWidth);
        while (edge.Size < count)
        {
            token.ThrowIfCancellationRequested();
            var hashes = new byte[(int)Math.Min(Batch, count - edge.Size) * Merkle.HashSize];
            bundles.Clear();
            for (var at = 0; at < hashes.Length / Merkle.HashSize; at++)
            {
                var tag = RandomNumberGenerator.GetBytes(PersonTag.Size);
                var record = system.Unsigned() with { Persons = 1, Tags = [tag] };
                var entry = record.ToBytes();
                Merkle.LeafHash(entry, hashes.AsSpan(at * Merkle.HashSize, Merkle.HashSize));
                rows.Add(record.Id, log.Id, edge.Size + at, entry, tag);
                bundle.Add(entry);
                if (bundle.Count < Tile.FullWidth)
                    continue;
                bundles.Add(EntryBundle.Write(bundle));
                bundle.Clear();
            }
            var first = edge.Size / Tile.FullWidth;
            edge = edge.Append(hashes);
            for (var at = 0; at < bundles.Count; at++)
                files.Store(new TilePath(TilePath.Entries, first + at), bundles[at]);
            foreach (var tile in edge.Completed)
                files.Store(tile.Path, tile.Bytes().Span);
            if (edge.Size % (16 * Batch) == 0)
                Bench.Say($"  {edge.Size:#,0} records");
        }
        rows.AddCheckpoint(log.Id, edge.Size, edge.Root.ToArray());
        transaction.Commit();
        Run("PRAGMA wal_checkpoint(TRUNCATE)");

        void Run(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    // The vault of so many citizens; nobody writes of these, they are only there.
    private static void AddPeople(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $count) "
            + "INSERT INTO ledger_people (CitizenId, Key) SELECT lower(hex(randomblob(16))), randomblob(60) FROM n";
        command.Parameters.AddWithValue("$count", People);
        command.ExecuteNonQuery();
    }

    private sealed class Rows
    {
        private readonly SqliteCommand _entry;
        private readonly SqliteCommand _tag;
        private readonly SqliteCommand _checkpoint;

        public Rows(SqliteConnection connection, SqliteTransaction transaction)
        {
            _entry = Command("INSERT INTO ledger_entries (Id, Log, Idx, Bytes) VALUES ($0, $1, $2, $3)", 4);
            _tag = Command("INSERT INTO ledger_tags (Tag, Entry) VALUES ($0, $1)", 2);
            _checkpoint = Command("INSERT INTO ledger_checkpoints (Log, Size, Root) VALUES ($0, $1, $2)", 3);

            SqliteCommand Command(string sql, int parameters)
            {
                var command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = sql;
                for (var at = 0; at < parameters; at++)
                    command.Parameters.Add(new SqliteParameter { ParameterName = $"${at}" });
                return command;
            }
        }

        public void Add(Guid id, int log, long index, byte[] entry, byte[] tag)
        {
            Set(_entry, id, log, index, entry);
            Set(_tag, tag, id);
        }

        public void AddCheckpoint(int log, long size, byte[] root) => Set(_checkpoint, log, size, root);

        private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
        {
            for (var at = 0; at < values.Length; at++)
                command.Parameters[at].Value = values[at];
            command.ExecuteNonQuery();
        }
    }
}

/// <summary>The row of a log, and the year that it is of.</summary>
internal sealed record OpenLogName(int Id, int Year);
