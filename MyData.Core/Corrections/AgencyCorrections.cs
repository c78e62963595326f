using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.OpenId;

namespace MyData.Core.Corrections;

/// <summary>The agency's side of corrections: it asks for what waits, opens it by the key of its certificate, and answers each once.</summary>
public sealed class AgencyCorrections(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    INotices notices,
    TransferTokens tokens
)
{
    public const int MostAtOnce = 100;

    /// <summary>Those that wait for an answer, the oldest first. That the agency has them now stands in her history.</summary>
    /// <exception cref="OpenIdException">invalid_client: the assertion was used before.</exception>
    public async Task<IReadOnlyList<(Correction Correction, string Subject)>> AskAsync(
        AuthenticatedProvider provider,
        CancellationToken token = default
    )
    {
        await UseUpAsync(
            provider,
            scope =>
            {
                foreach (
                    var fresh in Waiting(scope.Db, provider).Where(c => c.TakenAt == null).Take(MostAtOnce).ToList()
                )
                {
                    var taken = scope
                        .Db.Set<Correction>()
                        .Where(c => c.Id == fresh.Id && c.TakenAt == null)
                        .ExecuteUpdate(set => set.SetProperty(c => c.TakenAt, (DateTimeOffset?)scope.Now));
                    if (taken == 1)
                        scope.Raise(CorrectionRequests.Happened(EventKinds.CorrectionTaken, Actor(provider), fresh));
                }
            },
            token
        );
        await using var db = await databases.CreateDbContextAsync(token);
        // What came since the write is the next call's: it is not hers to see as taken yet.
        var all = await Waiting(db, provider).Where(c => c.TakenAt != null).Take(MostAtOnce).ToListAsync(token);
        return [.. all.Select(one => (one, tokens.Subject(one.CitizenId, provider.Listing.ClientId)))];
    }

    /// <returns>False where there is none of this agency's that waits: answered, or never there.</returns>
    /// <exception cref="OpenIdException">invalid_client: the assertion was used before.</exception>
    public async Task<bool> AnswerAsync(
        AuthenticatedProvider provider,
        Guid id,
        string answer,
        CancellationToken token = default
    )
    {
        var answered = false;
        await UseUpAsync(
            provider,
            scope =>
            {
                if (Waiting(scope.Db, provider).FirstOrDefault(c => c.Id == id) is not { } correction)
                    return;
                answered =
                    scope
                        .Db.Set<Correction>()
                        .Where(c => c.Id == id && c.AnsweredAt == null)
                        .ExecuteUpdate(set =>
                            set.SetProperty(c => c.Answer, answer)
                                .SetProperty(c => c.AnsweredAt, (DateTimeOffset?)scope.Now)
                                .SetProperty(c => c.Sealed, (string?)null)
                        ) == 1;
                if (!answered)
                    return;
                scope.Raise(
                    CorrectionRequests.Happened(EventKinds.CorrectionAnswered, Actor(provider), correction, answer)
                );
                notices.Queue(
                    scope,
                    correction.CitizenId,
                    NoticeKinds.CorrectionAnswered,
                    new { when = scope.Now, dataset = correction.DataSetId }
                );
            },
            token
        );
        return answered;
    }

    private async Task UseUpAsync(AuthenticatedProvider provider, Action<WriteScope> also, CancellationToken token)
    {
        var fresh = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                if (provider.Assertion is null || !UsedAssertion.UseUp(scope, provider.Assertion))
                    return false;
                also(scope);
                return true;
            },
            token
        );
        if (!fresh)
            throw OpenIdException.InvalidClient("The assertion was used before.");
    }

    private static IQueryable<Correction> Waiting(MyDataDb db, AuthenticatedProvider provider) =>
        db.Set<Correction>()
            .AsNoTracking()
            .Where(c => c.ProviderId == provider.Listing.Id && c.AnsweredAt == null)
            .OrderBy(c => c.AskedAt);

    private static string Actor(AuthenticatedProvider provider) => $"provider:{provider.Listing.Id}";
}
