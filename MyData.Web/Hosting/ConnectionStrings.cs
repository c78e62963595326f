using Microsoft.Data.Sqlite;
using MyData.Core.Data;

namespace MyData.Web.Hosting;

internal static class ConnectionStrings
{
    /// <summary>A relative file stands below the program's content root, wherever the process was started.</summary>
    public static string Rooted(string connectionString, string contentRoot)
    {
        if (PostgresAddress.IsOne(connectionString))
            return connectionString;
        var parsed = new SqliteConnectionStringBuilder(connectionString);
        if (parsed.DataSource is { Length: > 0 } file && file != ":memory:")
            parsed.DataSource = Path.GetFullPath(file, contentRoot);
        return parsed.ConnectionString;
    }
}
