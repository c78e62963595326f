using System.Globalization;
using MyData.Load.Flows;
using Npgsql;

namespace MyData.Load.Several;

/// <summary>
/// The yardstick of several nodes: single-row inserts a second into the same database, each a transaction that waits for another node as
/// every commit here does, by as many clients at once.
/// </summary>
public static class ReplicatedInserts
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    /// <exception cref="InvalidOperationException">Not so many others confirm its commits: it would be no yardstick.</exception>
    public static async Task<double> PerSecondAsync(string database, int atOnce, int others, CancellationToken token)
    {
        var followers = await OneAsync("select count(*) from pg_stat_replication");
        if (followers != others)
            throw new InvalidOperationException($"{followers} nodes follow, and {others} should.");
        await OneAsync(
            "create table yardstick (id bigint generated always as identity primary key, value text not null)"
        );
        var clients = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => OpenAsync()));
        try
        {
            var result = await Crowd.RunForAsync(atOnce, Duration, (n, stop) => InsertAsync(clients[n], stop), token);
            return result.Lost.Count == 0
                ? result.PerSecond
                : throw new InvalidOperationException($"Not inserted: {result.Lost.First()}");
        }
        finally
        {
            foreach (var client in clients)
                await client.DisposeAsync();
            await OneAsync("drop table yardstick");
        }

        async Task<NpgsqlConnection> OpenAsync()
        {
            var connection = new NpgsqlConnection(database);
            await connection.OpenAsync(token);
            return connection;
        }

        async Task<long> OneAsync(string statement)
        {
            await using var connection = await OpenAsync();
            await using var command = new NpgsqlCommand(statement, connection);
            return Convert.ToInt64(await command.ExecuteScalarAsync(token), CultureInfo.InvariantCulture);
        }
    }

    private static async Task InsertAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var insert = new NpgsqlCommand(
            "insert into yardstick (value) values ('0123456789abcdef0123456789abcdef')",
            connection
        );
        await insert.PrepareAsync(token);
        await insert.ExecuteNonQueryAsync(token);
    }
}
