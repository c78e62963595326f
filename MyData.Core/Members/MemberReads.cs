using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Services;

namespace MyData.Core.Members;

/// <summary>Userinfo for services (OpenID Connect Core §5.3): the claims that she agreed to, each answer in her history before it leaves.</summary>
public sealed class MemberReads(
    MemberRequests requests,
    MemberValues values,
    IdTokens tokens,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    IReleaseGate gate,
    MemberSettings settings,
    TimeProvider time
)
{
    private readonly TokenUses _uses = new(settings.MostReads);

    /// <summary>The members of the answer.</summary>
    /// <exception cref="OpenIdException">invalid_token, invalid_dpop_proof, insufficient_scope.</exception>
    public async Task<IReadOnlyDictionary<string, object>> ReadAsync(TokenUse use, CancellationToken token)
    {
        var hash = TransferTokens.HashOf(use.Token);
        await using var db = await databases.CreateDbContextAsync(token);
        var row = await db.Set<MemberRequest>().FirstOrDefaultAsync(r => r.TokenHash == hash, token);
        if (row is not { CitizenId: { } citizen } || row.KeyThumbprint != use.Key.Thumbprint || !IsAlive(row))
            throw Dead();
        if (await requests.ViewAsync(row, token) is not { } view || !_uses.Take(hash, EventKinds.MemberRead))
            throw Dead();
        var given = view.Given(view.Content.FromUserInfo).ToList();
        var claims = await values.ClaimsAsync(citizen, given, token);
        claims["sub"] = tokens.Subject(citizen, row.ServiceId);
        var refused = await writer.WriteAsync(scope => Read(scope, use, row, string.Join(' ', given)), token);
        if (refused is not null)
            throw refused;
        await gate.PassAsync(token);
        return claims;
    }

    private bool IsAlive(MemberRequest row) => row.State == MemberState.Granted && row.ExpiresAt > time.GetUtcNow();

    private static OpenIdException? Read(WriteScope scope, TokenUse use, MemberRequest row, string claims)
    {
        scope.Bookkeeping();
        if (!UsedAssertion.UseUp(scope, use.Key.Proof))
            return OpenIdException.InvalidProof("The proof was used before.", DpopProofs.ReplayedCode);
        // She may have ended it, or closed her account, since it was looked at.
        if (!scope.Db.Set<MemberRequest>().Any(r => r.Id == row.Id && r.State == MemberState.Granted))
            return Dead();
        // RFC 6750 §3.1.
        if (OverdueDeletions.IsSuspended(scope.Db, row.ServiceId, scope.Now))
            return new("insufficient_scope", 403, "It owes answers.", ServiceCodes.Suspended);
        scope.Raise(
            MemberEvents.Happened(
                EventKinds.MemberRead,
                MemberEvents.Of(row.ServiceId),
                row.CitizenId!.Value,
                row.ServiceId,
                claims: claims
            )
        );
        return null;
    }

    private static OpenIdException Dead() =>
        new("invalid_token", 401, "The token is not good for this.", MemberCodes.Token);
}
