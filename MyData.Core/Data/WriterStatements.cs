using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MyData.Core.Data;

/// <summary>
/// Statements by hand on the connection that writes, each prepared once: what runs with most writes, and would cost Entity Framework more to
/// word than the database to do. Both databases understand them. Parameters are <c>$1</c> and so on; values are given as the mapping stores
/// them, a moment in milliseconds. One for each time that the connection is opened: what is prepared ends with the session.
/// </summary>
/// <remarks>What was bound stays in memory until the next use: hashes, ids, codes, records as the log has them, sealed keys; nothing in clear.</remarks>
public sealed class WriterStatements : IDisposable
{
    private readonly DbConnection _connection;
    private readonly Dictionary<string, DbCommand> _known = new(StringComparer.Ordinal);

    internal WriterStatements(DbTransaction transaction) =>
        (_connection, Transaction) = (transaction.Connection!, transaction);

    internal DbConnection Connection => _connection;

    internal DbTransaction Transaction { get; set; }

    /// <summary>Rows that were changed so far.</summary>
    internal long Changed { get; private set; }

    /// <returns>how many rows it changed</returns>
    internal int Run(string text, params ReadOnlySpan<object?> values)
    {
        var rows = With(text, values).ExecuteNonQuery();
        Changed += Math.Max(0, rows);
        return rows;
    }

    /// <summary>To be disposed before the same is asked again.</summary>
    internal DbDataReader Read(string text, params ReadOnlySpan<object?> values) => With(text, values).ExecuteReader();

    /// <summary>Lets go of all; before the connection is closed.</summary>
    public void Dispose()
    {
        foreach (var command in _known.Values)
            command.Dispose();
        _known.Clear();
    }

    private DbCommand With(string text, ReadOnlySpan<object?> values)
    {
        if (!_known.TryGetValue(text, out var command))
            _known.Add(text, command = New(text, values.Length));
        command.Transaction = Transaction;
        for (var at = 0; at < values.Length; at++)
            command.Parameters[at].Value = values[at] switch
            {
                null => DBNull.Value,
                string typed when _connection is not SqliteConnection => PostgresText.Mended(typed),
                var value => value,
            };
        return command;
    }

    // A name to SQLite, a place to PostgreSQL, whose driver wants such a parameter nameless.
    private DbCommand New(string text, int values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        for (var at = 1; at <= values; at++)
        {
            var parameter = command.CreateParameter();
            if (_connection is SqliteConnection)
                parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"${at}");
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
