using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MyData.Core.Data;

/// <summary>
/// The statements of one connection, prepared once and kept, as PostgreSQL's driver keeps them of its own accord: SQLite's parses and plans the text again each
/// time, which takes as long as most of them run.
/// </summary>
/// <param name="most">so many are kept</param>
internal sealed class KeptStatements(int most) : DbCommandInterceptor, IDbConnectionInterceptor, IDisposable
{
    // Characters or bytes. What was bound to a statement stays in memory until the next use: a package's pieces, and long words, are not to.
    private const int Longest = 4096;

    // Characters. What changes many rows at once has a text for each number of them, seldom the same twice, and as much memory as it has rows.
    private const int LongestText = 4096;
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    // Without the connection, which would enter it in its list: mostly it only carries the parameters.
    public override InterceptionResult<DbCommand> CommandCreating(
        CommandCorrelatedEventData eventData,
        InterceptionResult<DbCommand> result
    ) => InterceptionResult<DbCommand>.SuppressWithResult(new SqliteCommand());

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        var (asked, connection) = ((SqliteCommand)result, (SqliteConnection)eventData.Connection);
        if (asked.CommandText.Length <= LongestText && asked.Parameters.Cast<SqliteParameter>().All(IsShort))
        {
            if (!_kept.TryGetValue(asked.CommandText, out var kept))
                kept = Add(connection, asked.CommandText);
            // Else its rows are being read still, and in between the same is asked again.
            if (!kept.IsUsed)
                return kept.For(asked);
        }
        asked.Connection = connection;
        asked.CommandTimeout = connection.DefaultTimeout;
        return asked;
    }

    // Of a context that has the connection for its own: what still were prepared would keep the file open.
    InterceptionResult IDbConnectionInterceptor.ConnectionDisposing(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result
    )
    {
        Dispose();
        return result;
    }

    ValueTask<InterceptionResult> IDbConnectionInterceptor.ConnectionDisposingAsync(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result
    )
    {
        Dispose();
        return new(result);
    }

    /// <summary>Lets go of all; before the connection is closed.</summary>
    public void Dispose()
    {
        foreach (var kept in _kept.Values)
            kept.Close();
        _kept.Clear();
    }

    private static bool IsShort(SqliteParameter parameter) =>
        parameter.Value switch
        {
            byte[] bytes => bytes.Length <= Longest,
            string text => text.Length <= Longest,
            _ => true,
        };

    private Kept Add(SqliteConnection connection, string text)
    {
        if (_kept.Count >= most)
            foreach (var other in _kept.Where(one => !one.Value.IsUsed).ToList())
            {
                other.Value.Close();
                _kept.Remove(other.Key);
            }
        return _kept[text] = new Kept(connection, text);
    }

    private sealed class Kept(SqliteConnection connection, string text) : SqliteCommand(text, connection)
    {
        private bool _closes;

        public bool IsUsed { get; private set; }

        public Kept For(SqliteCommand asked)
        {
            IsUsed = true;
            Transaction = asked.Transaction;
            Parameters.Clear();
            var values = asked.Parameters.Cast<SqliteParameter>().ToArray();
            asked.Parameters.Clear();
            Parameters.AddRange(values);
            return this;
        }

        public void Close()
        {
            _closes = true;
            Dispose();
        }

        // Whoever asked lets go of it after each use.
        protected override void Dispose(bool disposing)
        {
            DataReader?.Dispose();
            IsUsed = false;
            if (_closes)
                base.Dispose(disposing);
        }
    }
}
