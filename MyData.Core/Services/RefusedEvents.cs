using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Services;

/// <summary>An event that its recipient says is wrong, for those who look after it: nothing in it says whom it is about.</summary>
/// <param name="DataSetId">whose agency was told; null: the service was</param>
/// <param name="Kind">one of <see cref="SecurityEventTokens"/>' kinds</param>
/// <param name="Again">whether it is still pushed; else the recipient asked for it, and knows it no more</param>
public sealed record RefusedEvent(
    Guid Id,
    string ServiceId,
    string? DataSetId,
    string Kind,
    DateTimeOffset At,
    bool Again
);

/// <summary>What services and agencies were told and did not accept: somebody must speak with them, or they go on with what they should not.</summary>
public sealed class RefusedEvents(IDbContextFactory<MyDataDb> databases)
{
    /// <summary>The most that a page shows.</summary>
    public const int MostShown = 200;

    /// <summary>The newest first; one that was taken after all is none.</summary>
    public async Task<IReadOnlyList<RefusedEvent>> ListAsync(CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<SecurityEvent>()
            .Where(e => e.State != SecurityEventState.Taken && e.Failure == ServiceCodes.EventRefused)
            .OrderByDescending(e => e.CreatedAt)
            .Take(MostShown)
            .Select(e => new RefusedEvent(
                e.Id,
                e.ServiceId,
                e.DataSetId,
                e.Kind,
                e.CreatedAt,
                e.State == SecurityEventState.Waiting && e.NextAttemptAt != null
            ))
            .ToListAsync(token);
    }
}
