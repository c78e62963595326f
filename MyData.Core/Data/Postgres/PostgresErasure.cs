using Npgsql;

namespace MyData.Core.Data;

/// <summary>
/// PostgreSQL keeps what is deleted in its place until a vacuum. One comes some seconds after a write that erases, on a connection of its own,
/// of all tables but those that only grow: the places are free then, pages at a table's end go back to the system, and the next rows overwrite the others.
/// </summary>
internal sealed class PostgresErasure(string connectionString, TimeProvider time) : IErasure
{
    private static readonly string[] Growing = ["ledger_entries", "ledger_tags", "ledger_checkpoints"];
    private static readonly TimeSpan After = TimeSpan.FromSeconds(5);

    /// <summary>Seconds; a vacuum holds nobody up.</summary>
    private const int Longest = 600;

    private readonly Lock _lock = new();
    private ITimer? _alarm;
    private bool _closed;

    /// <summary>The last vacuum, for tests.</summary>
    internal Task Last { get; private set; } = Task.CompletedTask;

    public void Soon()
    {
        lock (_lock)
        {
            if (_alarm is null && !_closed)
                _alarm = time.CreateTimer(_ => Begin(), null, After, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Nothing to do for the queue's thread.</summary>
    public void Run() { }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _alarm?.Dispose();
        }
    }

    private void Begin()
    {
        lock (_lock)
        {
            _alarm?.Dispose();
            _alarm = null;
            if (!_closed)
                Last = Last.ContinueWith(_ => VacuumAsync(), TaskScheduler.Default).Unwrap();
        }
    }

    private async Task VacuumAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            var tables = new List<string>();
            await using (
                var names = new NpgsqlCommand(
                    "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()",
                    connection
                )
            )
            await using (var reader = await names.ExecuteReaderAsync())
                while (await reader.ReadAsync())
                    tables.Add(reader.GetString(0));
            tables.RemoveAll(Growing.Contains);
            await using var vacuum = new NpgsqlCommand($"VACUUM {string.Join(", ", tables)}", connection);
            vacuum.CommandTimeout = Longest;
            await vacuum.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // The server's own vacuum comes in any case; and so does the next erasure.
        }
    }
}
