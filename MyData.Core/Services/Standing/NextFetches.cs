using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>A fetch that is ready to be stored, or the last one that is told of once more.</summary>
/// <param name="View">the request in which she agreed</param>
/// <param name="Request">of this fetch</param>
/// <param name="Transfers">not yet stored; none where it is told once more</param>
/// <param name="Token">with the refresh token's successor</param>
public sealed record NextFetch(
    StandingConsent Standing,
    RequestView View,
    ServiceRequest Request,
    IReadOnlyList<ServiceItem> Items,
    IReadOnlyList<Transfer> Transfers,
    ServiceToken Token
)
{
    public bool IsAgain => Transfers.Count == 0;
}

/// <summary>Makes the next fetch of a standing consent: all of it that needs a key, or a look elsewhere, and so stands before the write.</summary>
public sealed class NextFetches(
    ServiceRequests requests,
    Consents consents,
    DirectTransfers transfers,
    ServiceTokens tokens,
    IDbContextFactory<MyDataDb> databases,
    PersonalDataVault vault,
    TimeProvider time
)
{
    /// <summary>Null where there is no such standing consent (any more).</summary>
    public async Task<NextFetch?> PrepareAsync(RefreshGrant request, CancellationToken token)
    {
        if (RefreshTokens.FamilyHash(request.Value) is not { } family)
            return null;
        await using var db = await databases.CreateDbContextAsync(token);
        if (await db.Set<StandingConsent>().FirstOrDefaultAsync(s => s.FamilyHash == family, token) is not { } standing)
            return null;
        // Her account may be closed in between.
        if (await db.Set<ServiceRequest>().FirstOrDefaultAsync(r => r.Id == standing.RequestId, token) is not { } root)
            return null;
        if (await requests.ViewAsync(root, token) is not { } view)
            return null;
        if (standing.PreviousHash == TransferTokens.HashOf(request.Value))
        {
            var last = await db.Set<ServiceRequest>().FirstOrDefaultAsync(r => r.Id == standing.LastRequestId, token);
            var had = await db.Set<ServiceItem>()
                .Where(i => i.RequestId == standing.LastRequestId)
                .OrderBy(i => i.TransferId)
                .ToListAsync(token);
            if (last is not null)
                return new(standing, view, last, had, [], Token(request, standing, view, had, last.ExpiresAt));
        }
        return await consents.FindAsync(standing.CitizenId, standing.ConsentId, token) is { } consent
            ? New(request, standing, view, consents.Items(consent))
            : null;
    }

    private NextFetch New(
        RefreshGrant request,
        StandingConsent standing,
        RequestView view,
        IReadOnlyList<ConsentItem> agreed
    )
    {
        var made = transfers.Prepare(
            new FetchForService
            {
                ServiceId = standing.ServiceId,
                Key = Jwk.Parse(view.Service.RecipientKey),
                CitizenId = standing.CitizenId,
                ConsentId = standing.ConsentId,
                Items = [.. agreed.Where(item => !standing.StruckSets.Contains(item.DataSet))],
                Level = standing.Level,
                Methods = standing.Methods,
                AuthTime = standing.AuthTime,
            }
        );
        var id = Ids.New();
        var items = made.Select(transfer => new ServiceItem
            {
                RequestId = id,
                TransferId = transfer.Id,
                DataSetId = transfer.DataSetId,
            })
            .ToList();
        var token = Token(request, standing, view, items, standing.Until);
        var row = new ServiceRequest
        {
            Id = id,
            FetchOfId = standing.RequestId,
            // Nobody's browser comes with it.
            UriHash = TransferTokens.HashOf(Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32))),
            ServiceId = standing.ServiceId,
            Content = vault.Seal(JsonSerializer.Serialize(view.Content), ServiceRequest.ContentPurpose, id),
            State = RequestState.Granted,
            CreatedAt = time.GetUtcNow().TrimToMilliseconds(),
            ExpiresAt = token.ExpiresAt,
            CitizenId = standing.CitizenId,
            ConsentId = standing.ConsentId,
            Level = standing.Level,
            AuthTime = standing.AuthTime,
            KeyThumbprint = request.Key.Thumbprint,
            TokenHash = token.Hash,
        };
        return new(standing, view, row, items, made, token);
    }

    private ServiceToken Token(
        RefreshGrant request,
        StandingConsent standing,
        RequestView view,
        IReadOnlyList<ServiceItem> items,
        DateTimeOffset until
    ) =>
        tokens.Make(view, items, request.Key.Thumbprint, until, standing) with
        {
            Refresh = RefreshTokens.After(request.Value, vault),
        };
}
