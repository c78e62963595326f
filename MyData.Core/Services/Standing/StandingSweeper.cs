using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Data;

namespace MyData.Core.Services;

/// <summary>Ends standing consents whose time is over.</summary>
public sealed partial class StandingSweeper(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    OnlineServices services,
    StandingEnds ends,
    TimeProvider time,
    ILogger<StandingSweeper> log
) : BackgroundLoop
{
    private const int Most = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await SweepAsync(stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                SweepFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    /// <summary>One round.</summary>
    public async Task SweepAsync(CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using (var db = await databases.CreateDbContextAsync(token))
        {
            if (!await Over(db, now).AnyAsync(token))
                return;
        }
        var names = (await services.ListAsync(token)).ToDictionary(service => service.Id, service => service.Name);
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                foreach (var one in Over(scope.Db, scope.Now).Take(Most).ToList())
                {
                    object name = names.TryGetValue(one.ServiceId, out var known) ? known : one.ServiceId;
                    ends.End(scope, one, name, StandingCodes.Expired, ServiceEvents.Platform);
                }
            },
            token
        );
    }

    private static IQueryable<StandingConsent> Over(MyDataDb db, DateTimeOffset now) =>
        db.Set<StandingConsent>().AsNoTracking().Where(s => s.EndedAt == null && s.Until <= now).OrderBy(s => s.Until);

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep of standing consents failed; the next one tries again")]
    private partial void SweepFailed(Exception failure);
}
