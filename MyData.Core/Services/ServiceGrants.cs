using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>A code that a service shows.</summary>
public sealed record RedeemCode
{
    public required AuthenticatedService Client { get; init; }
    public required ProvenKey Key { get; init; }
    public required string Code { get; init; }
    public required string RedirectUri { get; init; }
    public required string Verifier { get; init; }
}

/// <summary>
/// The code for a token, once (RFC 6749 §4.1.3, FAPI 2.0 Security Profile §5.3.2.1); a second use kills what the first one gave.
/// </summary>
public sealed class ServiceGrants(
    ServiceRequests requests,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    ServiceTokens tokens,
    ServiceRefusals refusals,
    StandingEnds standings
)
{
    // By hand: Entity Framework works such an update out anew each time, a fifth of what a code cost the one writer.
    private const string Give = $"""
        UPDATE service_requests SET "State" = $3, "TokenHash" = $4, "KeyThumbprint" = $5, "ExpiresAt" = $6
        WHERE "Id" = $7 AND "State" = $8 AND "ExpiresAt" > $2 AND NOT {OverdueDeletions.Suspends}
        """;

    private readonly Func<MyDataDb, string, CancellationToken, Task<ServiceRequest?>> _byCode = EF.CompileAsyncQuery(
        (MyDataDb db, string hash, CancellationToken _) =>
            db.Set<ServiceRequest>().AsNoTracking().Include(r => r.Items).FirstOrDefault(r => r.CodeHash == hash)
    );

    private readonly Func<MyDataDb, Guid, CancellationToken, Task<StandingConsent?>> _standing = EF.CompileAsyncQuery(
        (MyDataDb db, Guid request, CancellationToken _) =>
            db.Set<StandingConsent>().AsNoTracking().FirstOrDefault(s => s.RequestId == request && s.EndedAt == null)
    );

    /// <exception cref="OpenIdException">invalid_grant, invalid_client, invalid_dpop_proof, unauthorized_client; a code that was used before is dead with its token.</exception>
    public async Task<ServiceToken> RedeemAsync(RedeemCode request, CancellationToken token)
    {
        var hash = TransferTokens.HashOf(request.Code);
        await using var db = await databases.CreateDbContextAsync(token);
        var row = await _byCode(db, hash, token);
        var view = row is null ? null : await requests.ViewAsync(row, token);
        var wrong = Judge(request, view);
        var made = wrong is null ? await MakeAsync(db, request, view!, token) : null;
        var refused = await writer.WriteAsync(scope => Take(scope, request, view, wrong, made), token);
        return refused is null ? made! : throw refused;
    }

    /// <summary>With a refresh token where she ticked a standing use, and only there.</summary>
    private async Task<ServiceToken> MakeAsync(
        MyDataDb db,
        RedeemCode request,
        RequestView view,
        CancellationToken token
    )
    {
        var row = view.Request;
        var standing = view.Content.Standing is null ? null : await _standing(db, row.Id, token);
        var made = tokens.Make(view, [.. row.Items], request.Key.Thumbprint, row.PackagesUntil, standing);
        return standing is null ? made : made with { Refresh = RefreshTokens.First() };
    }

    /// <summary>RFC 7009: the service gives its token back. Of anybody else's it learns nothing.</summary>
    /// <exception cref="OpenIdException">invalid_client.</exception>
    public async Task RevokeAsync(AuthenticatedService client, string value, CancellationToken token)
    {
        var hash = TransferTokens.HashOf(value);
        var fresh = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                if (!UsedAssertion.UseUp(scope, client.Assertion))
                    return false;
                if (StandingGrants.GiveBack(scope, standings, client, value))
                    return true;
                var row = scope
                    .Db.Set<ServiceRequest>()
                    .AsNoTracking()
                    .FirstOrDefault(r => r.TokenHash == hash && r.ServiceId == client.Listing.Id);
                if (row is not null)
                    refusals.Stop(
                        scope,
                        row,
                        client.Listing.Name,
                        ServiceCodes.Revoked,
                        ServiceEvents.Of(client.Listing.Id)
                    );
                return true;
            },
            token
        );
        if (!fresh)
            throw OpenIdException.InvalidClient("The assertion was used before.");
    }

    /// <summary>What can be seen without the write; the state is judged in it.</summary>
    private static string? Judge(RedeemCode request, RequestView? view)
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

    private OpenIdException? Take(
        WriteScope scope,
        RedeemCode request,
        RequestView? view,
        string? wrong,
        ServiceToken? made
    )
    {
        scope.Bookkeeping();
        if (!UsedAssertion.UseUp(scope, request.Client.Assertion))
            return OpenIdException.InvalidClient("The assertion was used before.");
        if (!UsedAssertion.UseUp(scope, request.Key.Proof))
            return OpenIdException.InvalidProof("The proof was used before.", DpopProofs.ReplayedCode);
        if (view is null)
            return Refused(ServiceCodes.UnknownCode);
        if (wrong is null && Grant(scope, view.Request, request, made!))
            return null;
        // Her account may be closed since it was looked at, and the row gone with it.
        if (ServiceRequests.Find(scope, view.Request.Id) is not { } row)
            return Refused(ServiceCodes.UnknownCode);
        // The code keeps its minute: with its last answer the service may come again.
        if (
            wrong is null
            && row.State == RequestState.HandedOver
            && OverdueDeletions.IsSuspended(scope.Db, row.ServiceId, scope.Now)
        )
        {
            refusals.Tell(scope, row.ServiceId, row, ServiceCodes.Suspended);
            return OverdueDeletions.Refusal();
        }
        wrong ??= row.TokenHash is null ? ServiceCodes.CodeExpired : ServiceCodes.CodeUsed;
        refusals.Tell(scope, request.Client.Listing.Id, row, wrong);
        if (wrong == ServiceCodes.CodeUsed)
        {
            refusals.Stop(scope, row, view.Service.Name, wrong, ServiceEvents.Platform);
            if (StandingEnds.Find(scope, row.Id) is { } standing)
                standings.End(scope, standing, view.Service.Name, wrong, ServiceEvents.Platform);
        }
        return Refused(wrong);
    }

    /// <summary>The one use: a single conditional update. False where it was used, is over, or is gone, and where the service is given nothing.</summary>
    private static bool Grant(WriteScope scope, ServiceRequest row, RedeemCode request, ServiceToken made)
    {
        var granted = scope.Statements.Run(
            Give,
            row.ServiceId,
            scope.Now.ToUnixTimeMilliseconds(),
            (int)RequestState.Granted,
            made.Hash,
            request.Key.Thumbprint,
            made.ExpiresAt.ToUnixTimeMilliseconds(),
            row.Id,
            (int)RequestState.HandedOver
        );
        if (granted != 1)
            return false;
        StandingGrants.Begin(scope, made, row.Id, request.Key.Thumbprint);
        scope.Raise(
            ServiceEvents.Happened(EventKinds.ServiceTokenGiven, ServiceEvents.Of(request.Client.Listing.Id), row)
        );
        return true;
    }

    private static OpenIdException Refused(string code) =>
        OpenIdException.InvalidGrant("The code is not good here.", code);
}
