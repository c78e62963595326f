using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Counter;

/// <summary>Ends what has run out: tickets after their time, and a clerk's view that nobody has closed.</summary>
public sealed partial class CounterSweeper(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    CounterSettings settings,
    TimeProvider time,
    ILogger<CounterSweeper> log
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

    /// <summary>One round: until nothing is left that has run out.</summary>
    public async Task SweepAsync(CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using (var db = await databases.CreateDbContextAsync(token))
        {
            var over = now - settings.View;
            var any = await db.Set<CounterTicket>()
                .AnyAsync(
                    t =>
                        (t.State <= TicketState.Reserved && t.ExpiresAt <= now)
                        || (t.State == TicketState.Redeemed && t.RedeemedAt <= over),
                    token
                );
            if (!any)
                return;
        }
        while (await writer.WriteAsync(Sweep, token)) { }
    }

    /// <returns>whether more may have run out than one write takes</returns>
    private bool Sweep(WriteScope scope)
    {
        var over = scope.Now - settings.View;
        var expired = scope
            .Db.Set<CounterTicket>()
            .AsNoTracking()
            .Where(t => t.State <= TicketState.Reserved && t.ExpiresAt <= scope.Now)
            .Take(Most)
            .ToList();
        foreach (var ticket in expired)
            if (CounterTickets.End(scope, ticket, CounterCodes.Expired))
                scope.Raise(
                    CounterEvents.Happened(
                        EventKinds.CounterExpired,
                        CounterEvents.Platform,
                        ticket,
                        CounterCodes.Expired
                    )
                );
        var left = scope
            .Db.Set<CounterTicket>()
            .AsNoTracking()
            .Where(t => t.State == TicketState.Redeemed && t.RedeemedAt <= over)
            .Take(Most)
            .ToList();
        foreach (var ticket in left)
            if (Redemption.Finish(scope, ticket))
                scope.Raise(
                    CounterEvents.Happened(
                        EventKinds.CounterFinished,
                        CounterEvents.Platform,
                        ticket,
                        office: ticket.Office
                    )
                );
        return expired.Count == Most || left.Count == Most;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep of tickets failed; the next one tries again")]
    private partial void SweepFailed(Exception failure);
}
