using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;

namespace MyData.Core.Recording;

/// <summary>What the PostgreSQL of a node does.</summary>
public enum NodeDatabaseState
{
    Writes,
    Follows,

    /// <summary>It should follow, and does not: it is down, cut off, or left behind by a promotion.</summary>
    Away,

    /// <summary>Nobody could be asked.</summary>
    Unknown,
}

/// <param name="Name">in replication</param>
public sealed record NodeDatabase(string Name, NodeDatabaseState State);

/// <summary>
/// The PostgreSQL of each node, where there are several. The one that takes writes says whose word its commits wait for, and who follows it now:
/// asked every few seconds, for all who look.
/// </summary>
public sealed partial class NodeDatabases(
    DatabaseSettings settings,
    IDbContextFactory<MyDataDb> databases,
    TimeProvider time,
    ILogger<NodeDatabases> log
) : BackgroundLoop
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(5);
    private volatile IReadOnlyList<NodeDatabase> _all = [];

    /// <summary>By name; none on SQLite, and where one PostgreSQL stands alone.</summary>
    public IReadOnlyList<NodeDatabase> All => _all;

    public IEnumerable<string> Away => _all.Where(one => one.State == NodeDatabaseState.Away).Select(one => one.Name);

    /// <summary>Asks once.</summary>
    public async Task LookAsync(CancellationToken token)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(token);
            var (own, synchronous) = await NamesAsync(db, token);
            _all = Of(own, synchronous, await FollowersAsync(db, token));
        }
        catch (Exception failure) when (failure is DbException or InvalidOperationException or TimeoutException)
        {
            NotAsked(failure);
            _all = [.. _all.Select(one => one with { State = NodeDatabaseState.Unknown })];
        }
    }

    /// <summary>Their names, the same whichever of them takes writes.</summary>
    internal async Task<IReadOnlyList<string>> NamesAsync(CancellationToken token)
    {
        if (!settings.IsPostgres)
            return [];
        await using var db = await databases.CreateDbContextAsync(token);
        var (own, synchronous) = await NamesAsync(db, token);
        return [.. Of(own, synchronous, []).Select(one => one.Name)];
    }

    /// <param name="own">of the node that takes writes</param>
    /// <param name="synchronous">whose word its commits wait for, such as <c>ANY 1 ("node2","node3")</c></param>
    /// <param name="followers">who receives from it; null where that is not to be known</param>
    internal static IReadOnlyList<NodeDatabase> Of(
        string own,
        string synchronous,
        IReadOnlyCollection<string>? followers
    )
    {
        var others = StandbyNames(synchronous);
        return own.Length == 0 || others.Count == 0
            ? []
            :
            [
                .. others
                    .Where(name => name != own)
                    .Select(name => new NodeDatabase(
                        name,
                        followers is null ? NodeDatabaseState.Unknown
                            : followers.Contains(name) ? NodeDatabaseState.Follows
                            : NodeDatabaseState.Away
                    ))
                    .Append(new NodeDatabase(own, NodeDatabaseState.Writes))
                    .OrderBy(one => one.Name, StringComparer.Ordinal),
            ];
    }

    /// <summary>The names in <c>synchronous_standby_names</c>.</summary>
    internal static IReadOnlyList<string> StandbyNames(string synchronous) =>
        [.. Name().Matches(synchronous.Split('(').ElementAtOrDefault(1) ?? "").Select(name => name.Value)];

    protected override async Task RunAsync(CancellationToken stopping)
    {
        if (!settings.IsPostgres)
            return;
        using var timer = new PeriodicTimer(Often, time);
        do await LookAsync(stopping);
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private static async Task<(string Own, string Synchronous)> NamesAsync(MyDataDb db, CancellationToken token)
    {
        var names = await db
            .Database.SqlQueryRaw<string>(
                """
                SELECT current_setting(name) AS "Value"
                FROM unnest(ARRAY['cluster_name', 'synchronous_standby_names']) WITH ORDINALITY AS setting (name, n) ORDER BY n
                """
            )
            .ToListAsync(token);
        return (names[0], names[1]);
    }

    // Who follows is told to monitors alone; a function of the cluster's own tells it (e2e/Running/database), where it is there.
    private static async Task<IReadOnlyList<string>?> FollowersAsync(MyDataDb db, CancellationToken token)
    {
        var known = await db
            .Database.SqlQueryRaw<bool>("""SELECT to_regprocedure('nodes.followers()') IS NOT NULL AS "Value" """)
            .ToListAsync(token);
        return known is [true]
            ? await db
                .Database.SqlQueryRaw<string>("""SELECT name AS "Value" FROM nodes.followers() AS name""")
                .ToListAsync(token)
            : null;
    }

    [GeneratedRegex(@"[\w.-]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Which nodes follow is not known; the next look tries again")]
    private partial void NotAsked(Exception failure);
}
