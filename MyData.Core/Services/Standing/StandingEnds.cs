using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>
/// The end of a standing consent, and of what is under way by it: tokens, waiting packages and the agencies' calls are over in the very write that
/// says so.
/// </summary>
public sealed class StandingEnds(INotices notices)
{
    /// <summary>It ends by itself, or by its service: she hears of it, and so does the service. False where it had ended.</summary>
    /// <param name="service">its name, for her</param>
    /// <param name="code">why</param>
    /// <param name="actor">by whom</param>
    public bool End(WriteScope scope, StandingConsent standing, object? service, string code, string actor)
    {
        if (!Close(scope, standing, code, actor))
            return false;
        notices.Queue(
            scope,
            standing.CitizenId,
            NoticeKinds.StandingEnded,
            new
            {
                when = scope.Now,
                service,
                code,
                consent = standing.ConsentId,
            }
        );
        return true;
    }

    /// <summary>With her consent, which says so to all: false where it had ended, or there is none.</summary>
    internal static bool Withdraw(WriteScope scope, Guid requestId) =>
        Find(scope, requestId) is { } standing
        && Close(scope, standing, ServiceCodes.Withdrawn, ServiceEvents.Citizen, tell: false);

    /// <summary>With her account: the service hears of it, and the rows are deleted with her.</summary>
    internal static void Forget(WriteScope scope, Guid citizenId)
    {
        var hers = scope.Db.Set<StandingConsent>().AsNoTracking().Where(s => s.CitizenId == citizenId);
        foreach (var standing in hers.Where(s => s.EndedAt == null).ToList())
            Close(scope, standing, TransferCodes.AccountClosed, ServiceEvents.Citizen);
        hers.ExecuteDelete();
    }

    /// <summary>An older database had brought it back: the service hears of it once more; she had heard of it.</summary>
    internal static void EndAgain(WriteScope scope, StandingConsent standing, string code) =>
        Close(scope, standing, code, ServiceEvents.Platform, restored: true);

    internal static StandingConsent? Find(WriteScope scope, Guid requestId) =>
        scope.Db.Set<StandingConsent>().AsNoTracking().FirstOrDefault(s => s.RequestId == requestId);

    private static bool Close(
        WriteScope scope,
        StandingConsent standing,
        string code,
        string actor,
        bool tell = true,
        bool restored = false
    )
    {
        var ended = scope
            .Db.Set<StandingConsent>()
            .Where(s => s.RequestId == standing.RequestId && s.EndedAt == null)
            .ExecuteUpdate(set =>
                set.SetProperty(s => s.EndedAt, (DateTimeOffset?)scope.Now).SetProperty(s => s.Code, code)
            );
        if (ended != 1)
            return false;
        var gone = StandingFetches.Stop(scope, standing, code, actor);
        scope.Raise(StandingEvents.Happened(EventKinds.StandingEnded, actor, standing, code, restored: restored));
        if (tell)
            StandingEvents.Tell(scope, standing, SecurityEventTokens.ConsentEnded, gone, reason: code);
        return true;
    }
}
