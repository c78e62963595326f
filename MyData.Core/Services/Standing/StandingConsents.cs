using Microsoft.EntityFrameworkCore;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Services;

/// <summary>
/// What she does with a standing consent of hers: pause it, let it go on, strike an item; each at once, whatever is under way. Its end is
/// <see cref="ServiceWithdrawals"/>. Each is false where it is not hers, is over, or is so already: then nothing changed.
/// </summary>
public sealed class StandingConsents(Consents consents, IDbContextFactory<MyDataDb> databases, IWriter writer)
{
    public Task<bool> PauseAsync(Guid citizenId, Guid requestId, CancellationToken token = default) =>
        ChangeAsync(citizenId, requestId, (scope, standing) => Pause(scope, standing), token);

    public Task<bool> ResumeAsync(Guid citizenId, Guid requestId, CancellationToken token = default) =>
        ChangeAsync(citizenId, requestId, (scope, standing) => Resume(scope, standing), token);

    /// <summary>The agency of this data set is asked for it no more; the rest goes on. The last one is not struck: that would be the end.</summary>
    public async Task<bool> StrikeAsync(
        Guid citizenId,
        Guid requestId,
        string dataSet,
        CancellationToken token = default
    )
    {
        var agreed = await AgreedAsync(citizenId, requestId, token);
        return await ChangeAsync(
            citizenId,
            requestId,
            (scope, standing) =>
            {
                var left = agreed.Except(standing.StruckSets).ToList();
                return left.Contains(dataSet) && left.Count > 1 && Strike(scope, standing, dataSet);
            },
            token
        );
    }

    /// <param name="standing">as it is in this write</param>
    /// <param name="restored">an older database had forgotten it</param>
    internal static bool Pause(WriteScope scope, StandingConsent standing, bool restored = false)
    {
        if (standing.PausedAt is not null)
            return false;
        This(scope, standing).ExecuteUpdate(set => set.SetProperty(s => s.PausedAt, (DateTimeOffset?)scope.Now));
        var gone = StandingFetches.Stop(scope, standing, StandingCodes.Paused, ServiceEvents.Citizen);
        Raise(scope, EventKinds.StandingPaused, standing, restored);
        StandingEvents.Tell(scope, standing, SecurityEventTokens.ConsentPaused, gone);
        return true;
    }

    /// <inheritdoc cref="Pause"/>
    internal static bool Resume(WriteScope scope, StandingConsent standing, bool restored = false)
    {
        if (standing.PausedAt is null)
            return false;
        This(scope, standing).ExecuteUpdate(set => set.SetProperty(s => s.PausedAt, (DateTimeOffset?)null));
        var next = standing.NextAt > scope.Now ? standing.NextAt : scope.Now;
        Raise(scope, EventKinds.StandingResumed, standing, restored, until: next);
        StandingEvents.Tell(scope, standing, SecurityEventTokens.ConsentResumed, [], next: next);
        return true;
    }

    /// <inheritdoc cref="Pause"/>
    internal static bool Strike(WriteScope scope, StandingConsent standing, string dataSet, bool restored = false)
    {
        if (standing.StruckSets.Contains(dataSet))
            return false;
        var struck = string.Join(' ', standing.StruckSets.Append(dataSet));
        This(scope, standing).ExecuteUpdate(set => set.SetProperty(s => s.Struck, struck));
        var gone = StandingFetches.Strike(scope, standing, dataSet);
        Raise(scope, EventKinds.StandingStruck, standing, restored, dataSet);
        StandingEvents.Tell(scope, standing, SecurityEventTokens.ItemStruck, gone, dataSet);
        return true;
    }

    private static void Raise(
        WriteScope scope,
        string kind,
        StandingConsent standing,
        bool restored,
        string? dataSet = null,
        DateTimeOffset? until = null
    ) =>
        scope.Raise(
            StandingEvents.Happened(
                kind,
                ServiceEvents.Citizen,
                standing,
                dataSet: dataSet,
                until: until,
                restored: restored
            )
        );

    private async Task<IReadOnlyList<string>> AgreedAsync(Guid citizenId, Guid requestId, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var consent = await db.Set<StandingConsent>()
            .Where(s => s.RequestId == requestId && s.CitizenId == citizenId)
            .Select(s => (Guid?)s.ConsentId)
            .FirstOrDefaultAsync(token);
        return consent is { } id && await consents.FindAsync(citizenId, id, token) is { } found
            ? [.. consents.Items(found).Select(item => item.DataSet)]
            : [];
    }

    private Task<bool> ChangeAsync(
        Guid citizenId,
        Guid requestId,
        Func<WriteScope, StandingConsent, bool> change,
        CancellationToken token
    ) =>
        writer.WriteAsync(
            scope =>
                StandingEnds.Find(scope, requestId) is { IsAlive: true } standing
                && standing.CitizenId == citizenId
                && standing.Until > scope.Now
                && change(scope, standing),
            token
        );

    private static IQueryable<StandingConsent> This(WriteScope scope, StandingConsent standing) =>
        scope.Db.Set<StandingConsent>().Where(s => s.RequestId == standing.RequestId);
}
