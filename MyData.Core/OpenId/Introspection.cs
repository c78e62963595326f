using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.OpenId;

/// <summary>What a provider may learn of a token and its subject (RFC 7662; protocols.md A2, B1).</summary>
public sealed class Introspection(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    CitizenAccounts accounts,
    IReleaseGate gate,
    TimeProvider time
)
{
    /// <summary>
    /// Answers to one token, of each kind: a call needs one of each. Each is told in her history, so whoever goes on must not
    /// fill it; the token is dead to him, and what he asks then is counted as refused.
    /// </summary>
    public const int MostAnswers = 20;

    private readonly Func<MyDataDb, string, CancellationToken, Task<AccessToken?>> _byHash = EF.CompileAsyncQuery(
        (MyDataDb db, string hash, CancellationToken _) => db.Set<AccessToken>().FirstOrDefault(t => t.Hash == hash)
    );
    private readonly TokenUses _uses = new(MostAnswers);

    /// <summary>The token, if it is alive and meant for this provider; else null, whatever the reason.</summary>
    /// <exception cref="OpenIdException">The client assertion was used before.</exception>
    public async Task<AccessToken?> TokenAsync(
        AuthenticatedProvider provider,
        string token,
        CancellationToken cancellation
    )
    {
        var row = await AliveAsync(token, cancellation);
        if (row is not null && !(MeantFor(row, provider) && _uses.Take(row.Hash, EventKinds.SubjectIntrospected)))
            row = null;
        await RecordAsync(provider, row, EventKinds.SubjectIntrospected, cancellation);
        return row;
    }

    /// <summary>The subject of a token that is alive and meant for this provider.</summary>
    /// <exception cref="OpenIdException">invalid_token, or an assertion that was used before.</exception>
    public async Task<(AccessToken Token, CitizenIdentity Subject)> SubjectAsync(
        AuthenticatedProvider provider,
        string token,
        CancellationToken cancellation
    )
    {
        var row = await AliveAsync(token, cancellation);
        if (row is not null && !(MeantFor(row, provider) && _uses.Take(row.Hash, EventKinds.SubjectRead)))
            row = null;
        await RecordAsync(provider, row, EventKinds.SubjectRead, cancellation);
        return await WithSubjectAsync(row, cancellation);
    }

    /// <summary>National wire: the bearer of the token alone asks (protocols.md B1).</summary>
    /// <exception cref="OpenIdException">invalid_token.</exception>
    public async Task<(AccessToken Token, CitizenIdentity Subject)> BearerSubjectAsync(
        string token,
        CancellationToken cancellation
    )
    {
        var row = await AliveAsync(token, cancellation);
        // A token bound to a key is worth nothing to its bearer.
        if (row is not { KeyThumbprint: null } || !_uses.Take(row.Hash, EventKinds.SubjectRead))
            throw OpenIdException.InvalidToken("The token is not active.");
        await writer.WriteAsync(
            scope => scope.Raise(Happened(EventKinds.SubjectRead, row.Audience, row)),
            cancellation
        );
        await gate.PassAsync(cancellation);
        return await WithSubjectAsync(row, cancellation);
    }

    private async Task<(AccessToken Token, CitizenIdentity Subject)> WithSubjectAsync(
        AccessToken? row,
        CancellationToken cancellation
    )
    {
        if (row is null)
            throw OpenIdException.InvalidToken("The token is not active.");
        var subject =
            await accounts.FindIdentityAsync(row.CitizenId, cancellation)
            ?? throw OpenIdException.InvalidToken("The token is not active.");
        return (row, subject);
    }

    private static bool MeantFor(AccessToken row, AuthenticatedProvider provider) =>
        row.Audience == provider.Listing.ClientId
        && (provider.DataSetId is null || provider.DataSetId == row.DataSetId);

    private async Task<AccessToken?> AliveAsync(string token, CancellationToken cancellation)
    {
        if (token.Length is 0 or > 4096)
            return null;
        var hash = TransferTokens.HashOf(token);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await _byHash(db, hash, cancellation);
        return row is { RevokedAt: null } && row.ExpiresAt > time.GetUtcNow() ? row : null;
    }

    private async Task RecordAsync(
        AuthenticatedProvider provider,
        AccessToken? row,
        string kind,
        CancellationToken cancellation
    )
    {
        var fresh = await writer.WriteAsync(
            scope =>
            {
                if (provider.Assertion is { } assertion && !UsedAssertion.UseUp(scope, assertion))
                    return false;
                scope.Raise(Happened(kind, provider.Listing.Id, row));
                return true;
            },
            cancellation
        );
        if (!fresh)
            throw OpenIdException.InvalidClient("The assertion was used before.");
        await gate.PassAsync(cancellation);
    }

    private static Event Happened(string kind, string providerId, AccessToken? row) =>
        new()
        {
            Kind = kind,
            Actor = $"provider:{providerId}",
            CitizenId = row?.CitizenId,
            ConsentId = row?.ConsentId,
            TransferId = row?.TransferId,
            DataSetId = row?.DataSetId,
            Code = row is null ? "token.inactive" : "ok",
        };
}
