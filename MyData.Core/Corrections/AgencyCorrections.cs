using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.OpenId;

namespace MyData.Core.Corrections;

/// <summary>The agency's side of corrections: it asks for what waits, opens it by the key of its certificate, and answers each once.</summary>
public sealed class AgencyCorrections(IWriter writer, INotices notices, IReleaseGate gate, TransferTokens tokens)
{
    public const int MostAtOnce = 100;

    /// <summary>Those that wait for an answer, what it has not seen first. That it has them now stands in her history.</summary>
    /// <exception cref="OpenIdException">invalid_client: the assertion was used before.</exception>
    public async Task<IReadOnlyList<(Correction Correction, string Subject)>> AskAsync(
        AuthenticatedProvider provider,
        CancellationToken token = default
    )
    {
        List<Correction> given = [];
        await UseUpAsync(
            provider,
            scope =>
            {
                // What it has not seen comes first, so that nothing that it leaves lying hides the rest.
                given = [.. Waiting(scope.Db, provider).Take(MostAtOnce)];
                foreach (var fresh in given.Where(one => one.TakenAt is null))
                {
                    scope
                        .Db.Set<Correction>()
                        .Where(c => c.Id == fresh.Id)
                        .ExecuteUpdate(set => set.SetProperty(c => c.TakenAt, (DateTimeOffset?)scope.Now));
                    scope.Raise(CorrectionRequests.Happened(EventKinds.CorrectionTaken, Actor(provider), fresh));
                }
            },
            token
        );
        await gate.PassAsync(token);
        return [.. given.Select(one => (one, tokens.Subject(one.CitizenId, provider.Listing.ClientId)))];
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
            .OrderBy(c => c.TakenAt != null)
            .ThenBy(c => c.AskedAt);

    private static string Actor(AuthenticatedProvider provider) => $"provider:{provider.Listing.Id}";
}
