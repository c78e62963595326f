using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Services;

/// <summary>What whoever runs a service must look at: numbers, and nothing of whom they are about.</summary>
/// <param name="Refused">events that it says are wrong (<c>service.event_refused</c>)</param>
/// <param name="NotTaken">events that it has not taken in a day (<c>service.event_not_taken</c>)</param>
/// <param name="Overdue">answers about deleting that it owes (<c>deletion-overdue</c>)</param>
internal sealed record ServiceTrouble(int Refused, int NotTaken, int Overdue)
{
    public int All => Refused + NotTaken + Overdue;
}

/// <summary>Counts, by service, what is not as it should be between it and the platform.</summary>
internal static class ServiceTroubles
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Those of whom there is something to say.</summary>
    public static async Task<IReadOnlyDictionary<string, ServiceTrouble>> FindAsync(
        MyDataDb db,
        DateTimeOffset now,
        CancellationToken token
    )
    {
        var since = now - Day;
        // What agencies are told is not theirs. What was given back for good is told once: they cannot take it any more.
        var own = db.Set<SecurityEvent>().Where(e => e.Audience == null);
        var refused = await CountAsync(
            own.Where(e =>
                    (e.State == SecurityEventState.Waiting && e.Failure == ServiceCodes.EventRefused)
                    || (e.State == SecurityEventState.Refused && e.EndedAt > since)
                )
                .Select(e => e.ServiceId),
            token
        );
        var late = await CountAsync(
            own.Where(e => e.State == SecurityEventState.Waiting && e.CreatedAt <= since)
                .Where(e => e.Failure == null || e.Failure != ServiceCodes.EventRefused)
                .Select(e => e.ServiceId),
            token
        );
        var overdue = await CountAsync(
            db.Set<ServiceItem>()
                .Where(i => i.DueAt <= now && i.OverdueAt != null && i.DeletedAt == null)
                .Join(db.Set<ServiceRequest>(), i => i.RequestId, r => r.Id, (_, r) => r.ServiceId),
            token
        );
        return refused
            .Keys.Union(late.Keys)
            .Union(overdue.Keys)
            .ToDictionary(
                id => id,
                id => new ServiceTrouble(
                    refused.GetValueOrDefault(id),
                    late.GetValueOrDefault(id),
                    overdue.GetValueOrDefault(id)
                ),
                StringComparer.Ordinal
            );
    }

    private static Task<Dictionary<string, int>> CountAsync(IQueryable<string> services, CancellationToken token) =>
        services
            .GroupBy(id => id)
            .Select(same => new { same.Key, Count = same.Count() })
            .ToDictionaryAsync(same => same.Key, same => same.Count, StringComparer.Ordinal, token);
}
