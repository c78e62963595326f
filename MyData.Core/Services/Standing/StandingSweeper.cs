using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Data;

namespace MyData.Core.Services;

/// <summary>
/// Ends standing consents whose time is over, and, where the list of services has changed, those whose service has other terms than she agreed to: she
/// hears of it then, and not when the service next comes.
/// </summary>
public sealed partial class StandingSweeper(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    OnlineServices services,
    StandingEnds ends,
    PersonalDataVault vault,
    TimeProvider time,
    ILogger<StandingSweeper> log
) : BackgroundLoop
{
    private const int Most = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    // The list is another object after each import.
    private IReadOnlyList<OnlineServiceListing>? _held;

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
        var listed = await services.ListAsync(token);
        if (!ReferenceEquals(listed, _held))
            foreach (var service in listed)
                await EndChangedAsync(service, token);
        _held = listed;
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

    private async Task EndChangedAsync(OnlineServiceListing service, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var live = await db.Set<StandingConsent>()
            .Where(s => s.ServiceId == service.Id && s.EndedAt == null && s.FamilyHash != null)
            .Select(s => s.RequestId)
            .ToListAsync(token);
        foreach (var some in live.Chunk(Most))
        {
            var requests = await db.Set<ServiceRequest>()
                .Where(r => some.Contains(r.Id))
                .Include(r => r.Standing)
                .Include(r => r.Items)
                .AsNoTracking()
                .AsSplitQuery()
                .ToListAsync(token);
            var changed = requests.Where(request => HasOthers(request, service)).Select(request => request.Id).ToList();
            if (changed.Count == 0)
                continue;
            await writer.WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    foreach (var id in changed)
                        if (StandingEnds.Find(scope, id) is { IsAlive: true } standing)
                            ends.End(scope, standing, service.Name, StandingCodes.Changed, ServiceEvents.Platform);
                },
                token
            );
        }
    }

    private bool HasOthers(ServiceRequest request, OnlineServiceListing service)
    {
        var text = vault.Open(request.Content, ServiceRequest.ContentPurpose, request.Id);
        var content = JsonSerializer.Deserialize<RequestContent>(text)!;
        var fetched = request.Items.Select(item => item.DataSetId).Except(request.Standing!.StruckSets);
        return StandingTerms.AreOthers(request.Standing, service, content, fetched);
    }

    private static IQueryable<StandingConsent> Over(MyDataDb db, DateTimeOffset now) =>
        db.Set<StandingConsent>().AsNoTracking().Where(s => s.EndedAt == null && s.Until <= now).OrderBy(s => s.Until);

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep of standing consents failed; the next one tries again")]
    private partial void SweepFailed(Exception failure);
}
