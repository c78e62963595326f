using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MyData.Core.Data;

/// <summary>
/// Statements by hand on the connection that writes, each prepared once: what runs with most writes, and would cost Entity Framework more to
/// word than the database to do. Both databases understand them. Parameters are <c>$1</c> and so on; values are given as the mapping stores
/// them, a moment in milliseconds.
/// </summary>
public sealed class WriterStatements
{
    private readonly DbConnection _connection;
    private readonly Dictionary<string, DbCommand> _known = new(StringComparer.Ordinal);

    private WriterStatements(DbConnection connection, DbTransaction transaction) =>
        (_connection, Transaction) = (connection, transaction);

    /// <summary>Those of the transaction's connection.</summary>
    internal static WriterStatements In(DbTransaction transaction, WriterStatements? before)
    {
        var connection = transaction.Connection!;
        if (before?._connection != connection)
            return new WriterStatements(connection, transaction);
        before.Transaction = transaction;
        return before;
    }

    internal DbConnection Connection => _connection;

    internal DbTransaction Transaction { get; private set; }

    /// <returns>how many rows it changed</returns>
    internal int Run(string text, params ReadOnlySpan<object?> values) => With(text, values).ExecuteNonQuery();

    /// <summary>To be disposed before the same is asked again.</summary>
    internal DbDataReader Read(string text, params ReadOnlySpan<object?> values) => With(text, values).ExecuteReader();

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
