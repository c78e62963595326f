using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MyData.Core.Data;

/// <summary>
/// Takes out the rows that nobody needs any more, every five minutes, few at a time so that no other write waits for it.
/// Missing a round, or half of one, changes nothing but how long such rows stay.
/// </summary>
public sealed partial class Housekeeping(
    IEnumerable<IPruning> prunings,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    TimeProvider time,
    ILogger<Housekeeping> log
) : BackgroundLoop
{
    /// <summary>Rows deleted in one write.</summary>
    public const int Most = 500;

    private static readonly TimeSpan Often = TimeSpan.FromMinutes(5);

    /// <summary>One round.</summary>
    /// <returns>Rows that were deleted.</returns>
    public async Task<int> CleanAsync(CancellationToken cancellationToken = default)
    {
        var all = 0;
        foreach (var pruning in prunings)
        {
            int deleted;
            do
            {
                // A round mostly finds nothing, and then it writes nothing.
                deleted = await AnyAsync(pruning, cancellationToken)
                    ? await writer.WriteAsync(scope => pruning.Delete(scope, Most), cancellationToken)
                    : 0;
                all += deleted;
            } while (deleted == Most);
        }
        return all;
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await CleanAsync(stopping);
            }
            // A full disk or a locked database must not take the portal down: the next round tries again.
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                RoundFailed(failure);
            }
        }
    }

    private async Task<bool> AnyAsync(IPruning pruning, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await pruning.AnyAsync(db, time.GetUtcNow(), token);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of housekeeping failed; the next one tries again")]
    private partial void RoundFailed(Exception failure);
}

/// <summary>Which rows of a table nobody needs any more; each feature says it of its own (<see cref="PruningSetup"/>).</summary>
public interface IPruning
{
    string Table { get; }

    Task<bool> AnyAsync(MyDataDb db, DateTimeOffset now, CancellationToken token);

    /// <summary>Deletes some of them, at most so many.</summary>
    int Delete(WriteScope scope, int most);
}

/// <summary>How long rows are kept that tell of what is over. What must go sooner for her sake has its own, shorter time.</summary>
public sealed record RetentionSettings
{
    /// <summary>An ended session: so that a question about it can still be answered.</summary>
    public TimeSpan EndedSessions { get; init; } = TimeSpan.FromDays(30);

    /// <summary>An account that one proof was given for and never the second.</summary>
    public TimeSpan UnfinishedAccounts { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The row of a transfer that has ended; its events and its receipt stay.</summary>
    public TimeSpan EndedTransfers { get; init; } = TimeSpan.FromDays(30);

    /// <summary>A notice that was read or mailed, or can no longer be.</summary>
    public TimeSpan Notices { get; init; } = TimeSpan.FromDays(365);

    /// <summary>What is wrong with these settings, a sentence each, naming the setting.</summary>
    public IEnumerable<string> Problems()
    {
        // A transfer lives for its preparation and its eight hours; a day is beyond both.
        var day = TimeSpan.FromDays(1);
        if (EndedSessions < day)
            yield return "MyData:Retention:EndedSessions is shorter than a day.";
        if (UnfinishedAccounts < day)
            yield return "MyData:Retention:UnfinishedAccounts is shorter than a day.";
        if (EndedTransfers < day)
            yield return "MyData:Retention:EndedTransfers is shorter than a day.";
        if (Notices < day)
            yield return "MyData:Retention:Notices is shorter than a day.";
    }
}

public static class PruningSetup
{
    /// <summary>Adds a table to the housekeeping: the rows that are over at a time.</summary>
    public static IServiceCollection AddPruning<T>(
        this IServiceCollection services,
        string table,
        Func<IQueryable<T>, DateTimeOffset, RetentionSettings, IQueryable<T>> over
    )
        where T : class =>
        services.AddSingleton<IPruning>(provider => new Pruning<T>(
            table,
            over,
            provider.GetRequiredService<RetentionSettings>()
        ));

    /// <summary>
    /// The first rows by id, which is by time of making (<see cref="Ids"/>): the key finds them, so that a table of millions
    /// with nothing to delete costs no more than a small one.
    /// </summary>
    public static IQueryable<T> OldestFirst<T>(this IQueryable<T> rows, Expression<Func<T, Guid>> id) =>
        rows.OrderBy(id).Take(Housekeeping.Most);

    private sealed class Pruning<T>(
        string table,
        Func<IQueryable<T>, DateTimeOffset, RetentionSettings, IQueryable<T>> over,
        RetentionSettings keep
    ) : IPruning
        where T : class
    {
        public string Table => table;

        public Task<bool> AnyAsync(MyDataDb db, DateTimeOffset now, CancellationToken token) =>
            over(db.Set<T>(), now, keep).AnyAsync(token);

        public int Delete(WriteScope scope, int most)
        {
            scope.Bookkeeping();
            return over(scope.Db.Set<T>(), scope.Now, keep).Take(most).ExecuteDelete();
        }
    }
}
