using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Services;

namespace MyData.Core.Members;

/// <summary>
/// The code for an ID token and a token for userinfo, once (OpenID Connect Core §3.1.3, FAPI 2.0 Security Profile §5.3.2.1); a second use
/// kills what the first one gave.
/// </summary>
public sealed class MemberGrants(
    MemberRequests requests,
    MemberValues values,
    IdTokens tokens,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    IReleaseGate gate
)
{
    /// <exception cref="OpenIdException">invalid_grant, invalid_client, invalid_dpop_proof, unauthorized_client; a code that was used before is dead with its token.</exception>
    public async Task<MemberTokens> RedeemAsync(RedeemCode request, CancellationToken token)
    {
        var hash = TransferTokens.HashOf(request.Code);
        await using var db = await databases.CreateDbContextAsync(token);
        var row = await db.Set<MemberRequest>().FirstOrDefaultAsync(r => r.CodeHash == hash, token);
        var view = row is null ? null : await requests.ViewAsync(row, token);
        var wrong = Judge(request, view);
        var made = wrong is null ? await MakeAsync(view!, request.Key.Thumbprint, token) : null;
        var refused = await writer.WriteAsync(scope => Take(scope, request, view, wrong, made), token);
        if (refused is not null)
            throw refused;
        await gate.PassAsync(token);
        return made!;
    }

    /// <summary>RFC 7009: the service gives its token back.</summary>
    /// <returns>False where it is none of a sign-in at this service: nothing changed, and the assertion is not used.</returns>
    /// <exception cref="OpenIdException">invalid_client.</exception>
    public async Task<bool> RevokeAsync(AuthenticatedService client, string value, CancellationToken token)
    {
        var hash = TransferTokens.HashOf(value);
        await using var db = await databases.CreateDbContextAsync(token);
        var id = await db.Set<MemberRequest>()
            .Where(r => r.TokenHash == hash && r.ServiceId == client.Listing.Id)
            .Select(r => (Guid?)r.Id)
            .FirstOrDefaultAsync(token);
        if (id is not { } request)
            return false;
        var fresh = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                if (!UsedAssertion.UseUp(scope, client.Assertion))
                    return false;
                MemberRequest.End(scope, request, MemberCodes.Revoked);
                return true;
            },
            token
        );
        return fresh ? true : throw OpenIdException.InvalidClient("The assertion was used before.");
    }

    /// <summary>What can be seen without the write; the state is judged in it.</summary>
    private static string? Judge(RedeemCode request, MemberView? view)
    {
        if (view is null || view.Request.ServiceId != request.Client.Listing.Id)
            return ServiceCodes.UnknownCode;
        if (request.RedirectUri != view.Content.RedirectUri)
            return ServiceCodes.Redirect;
        if (!Proves(request.Verifier, view.Content.Challenge))
            return ServiceCodes.Verifier;
        return view.Content.KeyThumbprint is { } bound && bound != request.Key.Thumbprint
            ? ServiceCodes.OtherKey
            : null;
    }

    // RFC 7636 §4.1, §4.6.
    private static bool Proves(string verifier, string challenge) =>
        verifier.Length is >= 43 and <= 128
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(TransferTokens.HashOf(verifier)),
            Encoding.ASCII.GetBytes(challenge)
        );

    private async Task<MemberTokens> MakeAsync(MemberView view, string thumbprint, CancellationToken token)
    {
        var wanted = view.Given(view.Content.InIdToken);
        var claims = await values.ClaimsAsync(view.Request.CitizenId!.Value, wanted, token);
        return tokens.Make(view, claims, thumbprint);
    }

    private static OpenIdException? Take(
        WriteScope scope,
        RedeemCode request,
        MemberView? view,
        string? wrong,
        MemberTokens? made
    )
    {
        scope.Bookkeeping();
        if (!UsedAssertion.UseUp(scope, request.Client.Assertion))
            return OpenIdException.InvalidClient("The assertion was used before.");
        if (!UsedAssertion.UseUp(scope, request.Key.Proof))
            return OpenIdException.InvalidProof("The proof was used before.", DpopProofs.ReplayedCode);
        if (view is null)
            return Refused(ServiceCodes.UnknownCode);
        // Her account may be closed since it was looked at, and the row gone with it.
        if (MemberRequest.Find(scope, view.Request.Id) is not { } row)
            return Refused(ServiceCodes.UnknownCode);
        if (
            wrong is null
            && row.State == MemberState.SignedIn
            && OverdueDeletions.IsSuspended(scope.Db, row.ServiceId, scope.Now)
        )
            return OverdueDeletions.Refusal();
        wrong ??= Grant(scope, view, request, made!);
        if (wrong is null)
            return null;
        // Told once: with a second use it has ended, and whoever goes on finds nothing more to end.
        if (wrong == MemberCodes.CodeUsed && MemberRequest.End(scope, row.Id, wrong))
            scope.Raise(
                MemberEvents.Happened(
                    EventKinds.MemberRefused,
                    MemberEvents.Of(request.Client.Listing.Id),
                    row.CitizenId!.Value,
                    row.ServiceId,
                    wrong
                )
            );
        return Refused(wrong);
    }

    /// <summary>The one use: a single conditional update.</summary>
    /// <returns>Null, or why not.</returns>
    private static string? Grant(WriteScope scope, MemberView view, RedeemCode request, MemberTokens made)
    {
        var id = view.Request.Id;
        var granted = scope
            .Db.Set<MemberRequest>()
            .Where(r => r.Id == id && r.State == MemberState.SignedIn && r.ExpiresAt > scope.Now)
            .ExecuteUpdate(set =>
                set.SetProperty(r => r.State, MemberState.Granted)
                    .SetProperty(r => r.TokenHash, made.AccessHash)
                    .SetProperty(r => r.KeyThumbprint, request.Key.Thumbprint)
                    .SetProperty(r => r.ExpiresAt, made.ExpiresAt)
            );
        if (granted != 1)
        {
            var now = MemberRequest.Find(scope, id);
            return now?.TokenHash is not null ? MemberCodes.CodeUsed : now?.Code ?? MemberCodes.CodeExpired;
        }
        var row = MemberRequest.Find(scope, id)!;
        scope.Raise(
            MemberEvents.Happened(
                EventKinds.MemberTokenGiven,
                MemberEvents.Of(row.ServiceId),
                row.CitizenId!.Value,
                row.ServiceId,
                claims: string.Join(' ', view.Given(view.Content.InIdToken))
            )
        );
        return null;
    }

    private static OpenIdException Refused(string code) =>
        OpenIdException.InvalidGrant("The code is not good here.", code);
}
