using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>
/// Takes out what is no longer needed, once an hour: what ran out, and accounts whose first use was never completed. Missing
/// a run, or half of one, changes nothing but how long such rows stay.
/// </summary>
public sealed partial class CitizenHousekeeping(IWriter writer, TimeProvider time, ILogger<CitizenHousekeeping> log)
    : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>How long an ended session is kept, so that a question about it can still be answered.</summary>
    private static readonly TimeSpan EndedSession = 30 * Day;

    /// <summary>How long an account is kept that one proof was given for and never the second.</summary>
    private static readonly TimeSpan Unfinished = 30 * Day;

    public Task CleanAsync(CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var (db, now) = (scope.Db, scope.Now);
                var ended = now - EndedSession;
                var unfinished = now - Unfinished;
                var forgotten = now - Day;
                db.Set<Challenge>().Where(c => c.ExpiresAt < now).ExecuteDelete();
                db.Set<ContactCode>().Where(c => c.ExpiresAt < now).ExecuteDelete();
                db.Set<IdentityCheck>().Where(c => c.ExpiresAt < now).ExecuteDelete();
                db.Set<AttemptCounter>().Where(c => c.At < forgotten && c.ClosedUntil < now).ExecuteDelete();
                db.Set<Session>().Where(s => s.EndedAt < ended || s.ExpiresAt < ended).ExecuteDelete();
                db.Set<Citizen>().Where(c => c.VerifiedAt == null && c.CreatedAt < unfinished).ExecuteDelete();
            },
            cancellationToken
        );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            // A full disk or a locked database must not take the portal down: the next round tries again.
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                RoundFailed(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of housekeeping failed; the next one tries again")]
    private partial void RoundFailed(Exception failure);
}
