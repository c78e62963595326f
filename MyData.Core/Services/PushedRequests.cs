using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>A pushed request as it came, each parameter at most once.</summary>
public sealed record PushRequest
{
    public required AuthenticatedService Client { get; init; }

    /// <summary>The form without the client's authentication.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>The key of a DPoP proof that came with it; null: there was none.</summary>
    public ProvenKey? Key { get; init; }
}

/// <summary>Pushed authorization requests (RFC 9126): checked before anybody sees them, named once, good for one visit.</summary>
public sealed class PushedRequests(
    Catalogue catalogue,
    IProviderAddresses addresses,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    PersonalDataVault vault,
    ServiceSettings settings,
    TimeProvider time
)
{
    public const string UriPrefix = "urn:ietf:params:oauth:request_uri:";

    /// <returns>the <c>request_uri</c></returns>
    /// <exception cref="OpenIdException">What is wrong with it; nothing was stored.</exception>
    public async Task<string> PushAsync(PushRequest request, CancellationToken token = default)
    {
        var service = request.Client.Listing;
        var content = await ReadAsync(request, token);
        var name = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
        var id = Ids.New();
        var now = time.GetUtcNow().TrimToMilliseconds();
        var row = new ServiceRequest
        {
            Id = id,
            UriHash = TransferTokens.HashOf(name),
            ServiceId = service.Id,
            Content = vault.Seal(JsonSerializer.Serialize(content), ServiceRequest.ContentPurpose, id),
            CreatedAt = now,
            ExpiresAt = now + settings.PushedLife,
        };
        var refused = await writer.WriteAsync(scope => Store(scope, request, row), token);
        return refused is null ? UriPrefix + name : throw refused;
    }

    /// <summary>The one visit: Pushed → Opened.</summary>
    /// <returns>The request's id.</returns>
    /// <exception cref="ServiceException">service.request_over: the same for every reason.</exception>
    public async Task<Guid> OpenAsync(string clientId, string requestUri, CancellationToken token = default)
    {
        var hash = HashOf(requestUri) ?? throw new ServiceException(ServiceCodes.RequestOver);
        var opened = await writer.WriteAsync<Guid?>(
            scope =>
            {
                // Nobody's yet: it is told when somebody is known to have come.
                scope.Bookkeeping();
                var changed = scope
                    .Db.Set<ServiceRequest>()
                    .Where(r => r.UriHash == hash && r.ServiceId == clientId)
                    .Where(r => r.State == RequestState.Pushed && r.ExpiresAt > scope.Now)
                    .ExecuteUpdate(set =>
                        set.SetProperty(r => r.State, RequestState.Opened)
                            .SetProperty(r => r.ExpiresAt, scope.Now + settings.OpenedLife)
                    );
                return changed == 1
                    ? scope.Db.Set<ServiceRequest>().Where(r => r.UriHash == hash).Select(r => r.Id).First()
                    : null;
            },
            token
        );
        return opened ?? throw new ServiceException(ServiceCodes.RequestOver);
    }

    /// <summary>One that was opened within its minute, and that nobody has decided on yet.</summary>
    public async Task<Guid?> FindOpenedAsync(string clientId, string requestUri, CancellationToken token = default)
    {
        if (HashOf(requestUri) is not { } hash)
            return null;
        var pushedAfter = time.GetUtcNow() - settings.PushedLife;
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<ServiceRequest>()
            .Where(r => r.UriHash == hash && r.ServiceId == clientId && r.CreatedAt > pushedAfter)
            .Where(r => r.State == RequestState.Opened && r.CitizenId == null)
            .Select(r => (Guid?)r.Id)
            .FirstOrDefaultAsync(token);
    }

    private static string? HashOf(string requestUri) =>
        requestUri.StartsWith(UriPrefix, StringComparison.Ordinal) && requestUri.Length <= 200
            ? TransferTokens.HashOf(requestUri[UriPrefix.Length..])
            : null;

    private OpenIdException? Store(WriteScope scope, PushRequest request, ServiceRequest row)
    {
        scope.Bookkeeping();
        if (!UsedAssertion.UseUp(scope, request.Client.Assertion))
            return OpenIdException.InvalidClient("The assertion was used before.");
        if (request.Key is { } key && !UsedAssertion.UseUp(scope, key.Proof))
            return OpenIdException.InvalidProof("The proof was used before.", DpopProofs.ReplayedCode);
        var waiting = scope
            .Db.Set<ServiceRequest>()
            .Count(r => r.ServiceId == row.ServiceId && r.State == RequestState.Pushed && r.ExpiresAt > scope.Now);
        if (waiting >= settings.MostPushed)
            return new OpenIdException("temporarily_unavailable", 429, "Too many wait.", ServiceCodes.TooMany);
        if (OverdueDeletions.IsSuspended(scope.Db, row.ServiceId, scope.Now))
            return OverdueDeletions.Refusal();
        scope.Db.Add(row);
        return null;
    }

    // A service that sends one of these relies on it: it must not believe that it was heard.
    private static readonly string[] Meaningful = ["max_age", "prompt", "id_token_hint", "claims"];

    private async Task<RequestContent> ReadAsync(PushRequest request, CancellationToken token)
    {
        var (given, service) = (request.Parameters, request.Client.Listing);
        if (Meaningful.FirstOrDefault(name => Value(name) is not null) is { } name)
            throw OpenIdException.InvalidRequest($"{name} is not taken.", ServiceCodes.Parameter);
        if (Value("scope") is not (null or RequestedDetails.Type))
            throw OpenIdException.InvalidRequest("scope is another.", ServiceCodes.Parameter);
        var way = WayBack.Read(request, addresses);
        var details =
            Value("authorization_details")
            ?? throw OpenIdException.InvalidDetails("authorization_details is missing.", ServiceCodes.Details);
        var (items, retention, standing) = RequestedDetails.Read(details, service);
        foreach (var item in items)
            await RequireAsync(item, standing is not null, token);
        return new RequestContent
        {
            RedirectUri = way.RedirectUri,
            State = way.State,
            Challenge = way.Challenge,
            KeyThumbprint = way.KeyThumbprint,
            Level = way.Level,
            Purpose = service.PurposeCode,
            Retention = retention,
            RecipientKid = service.RecipientKid,
            RecipientThumbprint = Jwk.Parse(service.RecipientKey).Thumbprint(),
            Items = items,
            Standing = standing,
        };

        string? Value(string name) => given.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
    }

    /// <exception cref="OpenIdException">invalid_authorization_details with service.dataset.</exception>
    internal async Task RequireAsync(RequestedItem item, bool standing, CancellationToken token)
    {
        var view = await catalogue.FindAsync(item.DataSet, token);
        if (view is not { Listed: true, Listing.Parameters: var parameters })
            throw OpenIdException.InvalidDetails($"{item.DataSet} is not listed.", ServiceCodes.DataSet);
        var unknown = item.Parameters.Keys.Except(parameters.Select(parameter => parameter.Name)).Any();
        var wrong = parameters.Any(parameter =>
            item.Parameters.TryGetValue(parameter.Name, out var value)
                ? !ListingChecks.Matches(parameter, value)
                : parameter.Required
        );
        // An agency on the national wire knows no choice of fields: all of them would be in its package.
        var cut = !view.SealedByProvider && view.Fields.Any(field => !item.Fields.Contains(field.Name));
        // What the catalogue does not describe stands on no page of hers.
        var strange = item.Fields.Any(name => view.Fields.All(field => field.Name != name));
        // With no browser there, its agency must seal it for the service (protocols.md A4); the platform would read it.
        var open = standing && !view.SealedByProvider;
        if (unknown || wrong || cut || strange || open)
            throw OpenIdException.InvalidDetails($"{item.DataSet} is not asked for like this.", ServiceCodes.DataSet);
    }
}
