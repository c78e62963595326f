using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>A refresh token that a service shows (RFC 6749 §6).</summary>
public sealed record RefreshGrant
{
    public required AuthenticatedService Client { get; init; }
    public required ProvenKey Key { get; init; }
    public required string Value { get; init; }
}

/// <summary>
/// A refresh token for the next fetch of a standing consent: agencies are asked for the same items again, and seal them for the service. One write; the
/// refresh token gives way to its successor in it.
/// </summary>
public sealed class StandingGrants(NextFetches fetches, StandingJudge judge, DirectTransfers transfers, IWriter writer)
{
    /// <exception cref="OpenIdException">invalid_grant, invalid_client, invalid_dpop_proof, temporarily_unavailable, unauthorized_client.</exception>
    public async Task<ServiceToken> RefreshAsync(RefreshGrant request, CancellationToken token)
    {
        while (true)
        {
            var next = await fetches.PrepareAsync(request, token);
            var outcome = await writer.WriteAsync(scope => Take(scope, request, next), token);
            if (outcome.Stale)
                continue;
            if (outcome.Refused is { } refused)
                throw refused;
            transfers.Begin(next!.Transfers);
            return next.Token;
        }
    }

    /// <summary>The service gives it back (RFC 7009): the standing consent is over. False where it is no refresh token of this client's.</summary>
    internal static bool GiveBack(WriteScope scope, StandingEnds ends, AuthenticatedService client, string value)
    {
        if (RefreshTokens.FamilyHash(value) is not { } family)
            return false;
        var standing = scope
            .Db.Set<StandingConsent>()
            .AsNoTracking()
            .FirstOrDefault(s => s.FamilyHash == family && s.ServiceId == client.Listing.Id);
        return standing is not null
            && ends.End(
                scope,
                standing,
                client.Listing.Name,
                StandingCodes.GivenBack,
                ServiceEvents.Of(client.Listing.Id)
            );
    }

    /// <summary>Within the write that gives the first access token.</summary>
    internal static void Begin(WriteScope scope, ServiceToken made, Guid requestId, string thumbprint)
    {
        if (made.Refresh is not { } refresh)
            return;
        scope
            .Db.Set<StandingConsent>()
            .Where(s => s.RequestId == requestId)
            .ExecuteUpdate(set =>
                set.SetProperty(s => s.FamilyHash, RefreshTokens.FamilyHash(refresh))
                    .SetProperty(s => s.RefreshHash, TransferTokens.HashOf(refresh))
                    .SetProperty(s => s.KeyThumbprint, thumbprint)
            );
    }

    /// <returns>Why it is refused, if it is; or that it changed meanwhile, and is to be prepared anew.</returns>
    private (OpenIdException? Refused, bool Stale) Take(WriteScope scope, RefreshGrant request, NextFetch? next)
    {
        scope.Bookkeeping();
        var now = next is null ? null : StandingEnds.Find(scope, next.Standing.RequestId);
        // Between the look and the write: an item was struck, or the same token was shown twice at once.
        if (now is not null && (now.Struck != next!.Standing.Struck || now.RefreshHash != next.Standing.RefreshHash))
            return (null, true);
        if (!UsedAssertion.UseUp(scope, request.Client.Assertion))
            return (OpenIdException.InvalidClient("The assertion was used before."), false);
        if (!UsedAssertion.UseUp(scope, request.Key.Proof))
            return (OpenIdException.InvalidProof("The proof was used before.", DpopProofs.ReplayedCode), false);
        if (now is null)
            return (StandingJudge.Unknown(), false);
        if (judge.Refuse(scope, request, next! with { Standing = now }) is { } refused)
            return (refused, false);
        if (next!.IsAgain)
            Repeat(scope, next);
        else
            Store(scope, next with { Standing = now });
        return (null, false);
    }

    /// <summary>
    /// The answer to the last refresh was lost: the same fetch, by another access token; the lost one is dead. Where the fetch is over, the new one says
    /// what became of it, as the lost one did.
    /// </summary>
    private static void Repeat(WriteScope scope, NextFetch next) =>
        scope
            .Db.Set<ServiceRequest>()
            .Where(r => r.Id == next.Request.Id)
            .ExecuteUpdate(set => set.SetProperty(r => r.TokenHash, next.Token.Hash));

    private static void Store(WriteScope scope, NextFetch next)
    {
        var standing = next.Standing;
        scope
            .Db.Set<StandingConsent>()
            .Where(s => s.RequestId == standing.RequestId)
            .ExecuteUpdate(set =>
                set.SetProperty(s => s.PreviousHash, standing.RefreshHash)
                    .SetProperty(s => s.RefreshHash, TransferTokens.HashOf(next.Token.Refresh!))
                    .SetProperty(s => s.RotatedAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(s => s.LastAt, (DateTimeOffset?)scope.Now)
                    .SetProperty(s => s.NextAt, scope.Now + standing.Every)
                    .SetProperty(s => s.LastRequestId, (Guid?)next.Request.Id)
            );
        scope.Db.Add(next.Request);
        scope.Db.AddRange(next.Items);
        scope.Db.AddRange(next.Transfers);
        foreach (var item in next.Items)
            scope.Raise(
                StandingEvents.Happened(
                    EventKinds.StandingUsed,
                    ServiceEvents.Of(standing.ServiceId),
                    standing,
                    dataSet: item.DataSetId,
                    transfer: item.TransferId
                )
            );
    }
}
