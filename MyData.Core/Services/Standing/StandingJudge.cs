using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>
/// May it fetch again now? Checks in this order, each with its code, within the write. What the service only must wait for takes nothing of its refresh
/// token; what shows that the token is in other hands, or is past what she agreed to, ends the standing consent.
/// </summary>
public sealed class StandingJudge(StandingEnds ends, ServiceRefusals refusals, ServiceSettings settings)
{
    public static OpenIdException Unknown() => Refused(StandingCodes.Unknown);

    /// <returns>Null: it may.</returns>
    public OpenIdException? Refuse(WriteScope scope, RefreshGrant request, NextFetch next)
    {
        var standing = next.Standing;
        if (standing.ServiceId != request.Client.Listing.Id)
            return Told(scope, request, next, Unknown());
        if (standing.EndedAt is not null)
            return Told(scope, request, next, Refused(standing.Code!));
        // RFC 9449 §5: by another key it is nobody's, and takes nothing from whoever has the right one.
        if (standing.KeyThumbprint != request.Key.Thumbprint)
            return Told(scope, request, next, Refused(ServiceCodes.OtherKey));
        if (!IsTheOne(standing, request.Value, next, scope.Now))
            return Ended(scope, request, next, StandingCodes.Reused);
        if (!next.IsAgain)
            Shown(scope, standing);
        if (standing.Until <= scope.Now)
            return Ended(scope, request, next, StandingCodes.Expired);
        if (IsChanged(standing, next))
            return Ended(scope, request, next, StandingCodes.Changed);
        if (standing.PausedAt is not null)
            return Told(scope, request, next, Later(StandingCodes.Paused, null));
        if (OverdueDeletions.IsSuspended(scope.Db, standing.ServiceId, scope.Now))
            return OverdueDeletions.Refusal();
        // Whatever has become of that fetch: without the successor the service could never come again.
        if (next.IsAgain)
            return null;
        return standing.NextAt <= scope.Now
            ? null
            : Told(scope, request, next, Later(StandingCodes.TooEarly, Wait(next, scope.Now)));
    }

    // Reuse is what a thief and its victim do (RFC 9700 §4.14.2); an answer that was lost looks the same, and is given once more while it may
    // be one: as long as the access token that it brought could live, and the successor was not shown (FAPI 2.0 Security Profile §5.3.2.1).
    private bool IsTheOne(StandingConsent standing, string value, NextFetch next, DateTimeOffset now)
    {
        var hash = TransferTokens.HashOf(value);
        return hash == standing.RefreshHash
            || (
                next.IsAgain
                && hash == standing.PreviousHash
                && TransferTokens.HashOf(next.Token.Refresh!) == standing.RefreshHash
                && standing.RotatedAt + settings.TokenLife > now
                && next.Request.ExpiresAt > now
            );
    }

    // Also where it is refused then: who shows it had the answer, and from now on the one before is in other hands.
    private static void Shown(WriteScope scope, StandingConsent standing) =>
        scope
            .Db.Set<StandingConsent>()
            .Where(s => s.RequestId == standing.RequestId && s.PreviousHash != null)
            .ExecuteUpdate(set => set.SetProperty(s => s.PreviousHash, (string?)null));

    private static bool IsChanged(StandingConsent standing, NextFetch next) =>
        StandingTerms.AreOthers(
            standing,
            next.View.Service,
            next.View.Content,
            next.Items.Select(item => item.DataSetId)
        );

    private static TimeSpan Wait(NextFetch next, DateTimeOffset now) =>
        next.Standing.NextAt > now ? next.Standing.NextAt - now : TimeSpan.FromSeconds(1);

    private OpenIdException Ended(WriteScope scope, RefreshGrant request, NextFetch next, string code)
    {
        ends.End(
            scope,
            next.Standing,
            request.Client.Listing.Name,
            code,
            code == StandingCodes.Reused ? ServiceEvents.Of(request.Client.Listing.Id) : ServiceEvents.Platform
        );
        return Refused(code);
    }

    private OpenIdException Told(WriteScope scope, RefreshGrant request, NextFetch next, OpenIdException refused)
    {
        refusals.Tell(scope, request.Client.Listing.Id, next.View.Request, refused.Code);
        return refused;
    }

    private static OpenIdException Refused(string code) =>
        OpenIdException.InvalidGrant("The refresh token is not good here.", code);

    // No word of OAuth's says "not yet"; this one is known to clients, and makes none of them throw the token away.
    private static OpenIdException Later(string code, TimeSpan? wait) =>
        new("temporarily_unavailable", wait is null ? 403 : 429, "Not now.", code) { RetryAfter = wait };
}
