using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;

namespace MyData.Core.Recording;

/// <summary>One node's PostgreSQL, with the operator's rights: she may look, promote, and point a node at another.</summary>
internal sealed class DatabaseNode(NodeAddress address, string connectionString)
{
    /// <summary>No node is there: whoever follows it receives nothing, and keeps what else it knows of how to follow.</summary>
    private const string Nowhere = "/nowhere";

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);

    private const string Ask = """
        select pg_is_in_recovery(), (select system_identifier from pg_control_system()),
          (select max(substr(name, 1, 8)) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'),
          case when pg_is_in_recovery()
            then greatest(coalesce(pg_last_wal_receive_lsn(), '0/0'), coalesce(pg_last_wal_replay_lsn(), '0/0'))
            else pg_current_wal_flush_lsn() end,
          case when pg_is_in_recovery() then coalesce(pg_last_wal_replay_lsn(), '0/0') else pg_current_wal_flush_lsn() end,
          exists (select from pg_stat_wal_receiver where status = 'streaming'),
          exists (select from pg_stat_activity where backend_type = 'startup'
            and wait_event in ('RecoveryWalStream', 'RecoveryRetrieveRetryInterval')),
          case when pg_is_in_recovery() then pg_get_wal_replay_pause_state() <> 'not paused' else false end,
          current_setting('primary_conninfo'), current_setting('synchronous_standby_names')
        """;

    public string Name => address.Name;

    public async Task<NodeState> AskAsync(CancellationToken token)
    {
        try
        {
            await using var connection = await OpenAsync(token);
            await using var ask = new NpgsqlCommand(Ask, connection);
            await using var row = await ask.ExecuteReaderAsync(token);
            await row.ReadAsync(token);
            var state = new NodeState
            {
                Name = Name,
                IsPrimary = !row.GetBoolean(0),
                System = (ulong)row.GetInt64(1),
                Timeline = long.Parse(row.GetString(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                Received = row.GetFieldValue<NpgsqlLogSequenceNumber>(3),
                Replayed = row.GetFieldValue<NpgsqlLogSequenceNumber>(4),
                IsReceiving = row.GetBoolean(5),
                IsReplayed = row.GetBoolean(6),
                IsPaused = row.GetBoolean(7),
                Follows = row.GetString(8),
                Synchronous = row.GetString(9),
            };
            await row.CloseAsync();
            return state with { Logs = await LogsAsync(connection, token) };
        }
        // Whatever it is: what it has is not known then.
        catch (Exception failure) when (IsSilence(failure))
        {
            return new NodeState { Name = Name, Silence = failure.Message };
        }
    }

    /// <summary>The root that its rows have for a size; null where the log never had that size.</summary>
    public async Task<byte[]?> RootAsync(string origin, long size, CancellationToken token) =>
        await DoAsync("select nodes.root($1, $2)", token, origin, size) as byte[];

    /// <summary>From now on it receives from nobody, so that nobody's commit is acknowledged by it.</summary>
    public Task CutAsync(NodeState before, CancellationToken token) =>
        FollowAsync(FollowText.At(before.Follows, Nowhere, NpgsqlConnection.DefaultPort), token);

    public Task PointAtAsync(NodeState before, NodeAddress primary, CancellationToken token) =>
        FollowAsync(FollowText.At(before.Follows, primary.Host, primary.Port), token);

    /// <summary>As it was before it was cut.</summary>
    public Task RestoreAsync(NodeState before, CancellationToken token) => FollowAsync(before.Follows, token);

    /// <exception cref="PromotionException"><c>promote.failed</c></exception>
    public async Task PromoteAsync(CancellationToken token)
    {
        if (await DoAsync("select pg_promote(true, 60)", token) is not true)
            throw new PromotionException("promote.failed", $"{Name} was told to take writes, and does not after 60 s.");
        // Its control file names the new timeline only after one; a node that goes back reads it there.
        await DoAsync("checkpoint", token);
    }

    /// <summary>Keeps among the ledger's incidents that it took over; as every commit, this waits for another node.</summary>
    /// <returns>false where this promotion is told of already, or there was none</returns>
    /// <exception cref="PromotionException"><c>promote.failed</c></exception>
    public async Task<bool> TellAsync(string lost, long size, string message, CancellationToken token) =>
        await DoAsync("select nodes.promoted($1, $2, $3, $4)", token, Name, lost, size, message) is true;

    /// <summary>Waits until its state is so.</summary>
    /// <returns>the last state, and whether it came to be so within the limit</returns>
    public async Task<(NodeState State, bool IsSo)> UntilAsync(
        Func<NodeState, bool> isSo,
        TimeSpan limit,
        CancellationToken token
    )
    {
        var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (true)
        {
            var state = await AskAsync(token);
            if (state.IsHeard && isSo(state))
                return (state, true);
            if (Environment.TickCount64 > end)
                return (state, false);
            await Task.Delay(Often, token);
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken token)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(token);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<Dictionary<string, HeldSize>> LogsAsync(
        NpgsqlConnection connection,
        CancellationToken token
    )
    {
        await using var ask = new NpgsqlCommand("select origin, key, size from nodes.newest()", connection);
        await using var row = await ask.ExecuteReaderAsync(token);
        var logs = new Dictionary<string, HeldSize>(StringComparer.Ordinal);
        while (await row.ReadAsync(token))
            logs[row.GetString(0)] = new HeldSize(row.GetString(1), row.GetInt64(2));
        return logs;
    }

    private async Task FollowAsync(string whom, CancellationToken token)
    {
        // A setting is no parameter of a statement: its quotes are doubled.
        var literal = whom.Replace("'", "''", StringComparison.Ordinal);
        await DoAsync($"alter system set primary_conninfo = '{literal}'", token);
        await DoAsync("select pg_reload_conf()", token);
    }

    private async Task<object?> DoAsync(string statement, CancellationToken token, params object[] values)
    {
        try
        {
            await using var connection = await OpenAsync(token);
            await using var command = new NpgsqlCommand(statement, connection);
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            return await command.ExecuteScalarAsync(token);
        }
        catch (Exception failure) when (IsSilence(failure))
        {
            throw new PromotionException("promote.failed", $"{Name}: {failure.Message}", failure);
        }
    }

    private static bool IsSilence(Exception failure) =>
        failure is NpgsqlException or SocketException or IOException or TimeoutException;
}
