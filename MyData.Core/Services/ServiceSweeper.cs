using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Data;

namespace MyData.Core.Services;

/// <summary>Ends what has run out: codes that no service showed, tokens that none used, requests that she left; and looks for answers that are overdue.</summary>
public sealed partial class ServiceSweeper(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    OnlineServices services,
    ServiceRefusals refusals,
    OverdueDeletions overdue,
    TimeProvider time,
    ILogger<ServiceSweeper> log
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
                await overdue.SweepAsync(stopping);
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
                foreach (var row in Over(scope.Db, scope.Now).Take(Most).ToList())
                {
                    var code = row.State == RequestState.HandedOver ? ServiceCodes.CodeExpired : ServiceCodes.Expired;
                    refusals.Stop(scope, row, names.GetValueOrDefault(row.ServiceId), code, ServiceEvents.Platform);
                }
            },
            token
        );
    }

    // Those of nobody are the housekeeping's.
    private static IQueryable<ServiceRequest> Over(MyDataDb db, DateTimeOffset now) =>
        db.Set<ServiceRequest>()
            .AsNoTracking()
            .Where(r => r.State < RequestState.Received && r.CitizenId != null && r.ExpiresAt <= now);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The sweep of services' requests failed; the next one tries again"
    )]
    private partial void SweepFailed(Exception failure);
}
