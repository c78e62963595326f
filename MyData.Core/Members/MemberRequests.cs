using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Services;

namespace MyData.Core.Members;

/// <summary>A sign-in, what was asked, and by whom.</summary>
public sealed record MemberView(MemberRequest Request, MemberContent Content, OnlineServiceListing Service)
{
    /// <summary>The claims that are asked for, as they are registered now.</summary>
    public IReadOnlyList<SignInClaim> Asked { get; } =
    [
        .. Content
            .FromUserInfo.Concat(Content.InIdToken)
            .Distinct()
            .Select(name => Service.SignIn?.Claim(name))
            .OfType<SignInClaim>(),
    ];

    /// <summary>Of these claims those that she gives by this sign-in, and that are registered still.</summary>
    internal IEnumerable<string> Given(IEnumerable<string> names) =>
        Asked.Select(claim => claim.Name).Intersect(names).Intersect(Request.Claims.Split(' '));
}

/// <summary>Pushed sign-ins (RFC 9126): checked before anybody sees them, named once, good for one visit.</summary>
public sealed class MemberRequests(
    OnlineServices services,
    IProviderAddresses addresses,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    PersonalDataVault vault,
    IdTokens tokens,
    ServiceSettings settings,
    TimeProvider time
)
{
    // No other request_uri has a dot: by it both kinds come in at one address.
    private const string Mark = "m.";
    private const string UriPrefix = PushedRequests.UriPrefix + Mark;

    /// <summary>Whether what is pushed asks to sign somebody in (OpenID Connect Core §3.1.2.1).</summary>
    public static bool IsSignIn(IReadOnlyDictionary<string, string> parameters) =>
        parameters.TryGetValue("scope", out var scope) && scope.Split(' ').Contains(MemberParameters.OpenId);

    /// <summary>Whether a <c>request_uri</c> is one of a sign-in.</summary>
    public static bool IsSignIn(string requestUri) => requestUri.StartsWith(UriPrefix, StringComparison.Ordinal);

    /// <returns>the <c>request_uri</c></returns>
    /// <exception cref="OpenIdException">What is wrong with it; nothing was stored.</exception>
    public async Task<string> PushAsync(PushRequest request, CancellationToken token = default)
    {
        var service = request.Client.Listing;
        if (service.SignIn is not { } registered)
            throw new OpenIdException("unauthorized_client", 400, "It signs nobody in.", MemberCodes.NotRegistered);
        var content = MemberParameters.Read(
            WayBack.Read(request, addresses),
            request.Parameters,
            registered,
            hint => tokens.SubjectOfHint(hint, service.Id)
        );
        var name = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
        var id = Ids.New();
        var now = time.GetUtcNow().TrimToMilliseconds();
        var row = new MemberRequest
        {
            Id = id,
            UriHash = TransferTokens.HashOf(name),
            ServiceId = service.Id,
            Content = vault.Seal(JsonSerializer.Serialize(content), MemberRequest.ContentPurpose, id),
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
        var hash = HashOf(requestUri);
        var opened = await writer.WriteAsync<Guid?>(
            scope =>
            {
                // Nobody's yet: it is told when somebody is known to have come.
                scope.Bookkeeping();
                var changed = scope
                    .Db.Set<MemberRequest>()
                    .Where(r => r.UriHash == hash && r.ServiceId == clientId)
                    .Where(r => r.State == MemberState.Pushed && r.ExpiresAt > scope.Now)
                    .ExecuteUpdate(set =>
                        set.SetProperty(r => r.State, MemberState.Opened)
                            .SetProperty(r => r.ExpiresAt, scope.Now + settings.OpenedLife)
                    );
                return changed == 1
                    ? scope.Db.Set<MemberRequest>().Where(r => r.UriHash == hash).Select(r => r.Id).First()
                    : null;
            },
            token
        );
        return opened ?? throw new ServiceException(ServiceCodes.RequestOver);
    }

    /// <summary>One that was opened within its minute, and that nobody has answered yet.</summary>
    public async Task<Guid?> FindOpenedAsync(string clientId, string requestUri, CancellationToken token = default)
    {
        var hash = HashOf(requestUri);
        var pushedAfter = time.GetUtcNow() - settings.PushedLife;
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<MemberRequest>()
            .Where(r => r.UriHash == hash && r.ServiceId == clientId && r.CreatedAt > pushedAfter)
            .Where(r => r.State == MemberState.Opened && r.CitizenId == null)
            .Select(r => (Guid?)r.Id)
            .FirstOrDefaultAsync(token);
    }

    /// <summary>A request that is nobody's yet, or hers; null for anybody else's, and where the service signs nobody in any more.</summary>
    public async Task<MemberView?> FindAsync(Guid? citizenId, Guid id, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var row = await db.Set<MemberRequest>()
            .FirstOrDefaultAsync(r => r.Id == id && (r.CitizenId == null || r.CitizenId == citizenId), token);
        return row is null or { State: MemberState.Pushed } ? null : await ViewAsync(row, token);
    }

    /// <summary>She is led back without signing in: she said no, or it cannot be.</summary>
    /// <param name="citizenId">null where she did not say who she is: then it is nobody's history</param>
    /// <param name="asked">false where no page was shown: then it was not she who ended it</param>
    /// <exception cref="ServiceException">service.over.</exception>
    public async Task EndAsync(
        MemberView view,
        Guid? citizenId,
        string code,
        bool asked,
        CancellationToken token = default
    )
    {
        var id = view.Request.Id;
        var ended = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                if (MemberRequest.Find(scope, id) is not { State: MemberState.Opened } row)
                    return false;
                if (!MemberRequest.End(scope, id, code))
                    return false;
                if (citizenId is { } citizen)
                    scope.Raise(
                        MemberEvents.Happened(
                            EventKinds.MemberRefused,
                            asked ? MemberEvents.Citizen : MemberEvents.Platform,
                            citizen,
                            row.ServiceId,
                            code
                        )
                    );
                return true;
            },
            token
        );
        if (!ended)
            throw new ServiceException(ServiceCodes.Over);
    }

    /// <summary>Whether nothing can be done with it any more.</summary>
    public bool IsOver(MemberRequest request) =>
        request.State > MemberState.Opened || request.ExpiresAt <= time.GetUtcNow();

    internal async Task<MemberView?> ViewAsync(MemberRequest row, CancellationToken token)
    {
        if (await services.FindAsync(row.ServiceId, token) is not { SignIn: not null } service)
            return null;
        var text = vault.Open(row.Content, MemberRequest.ContentPurpose, row.Id);
        return new(row, JsonSerializer.Deserialize<MemberContent>(text)!, service);
    }

    private static string HashOf(string requestUri) =>
        requestUri.Length <= 200 && IsSignIn(requestUri)
            ? TransferTokens.HashOf(requestUri[UriPrefix.Length..])
            : throw new ServiceException(ServiceCodes.RequestOver);

    private OpenIdException? Store(WriteScope scope, PushRequest request, MemberRequest row)
    {
        scope.Bookkeeping();
        if (!UsedAssertion.UseUp(scope, request.Client.Assertion))
            return OpenIdException.InvalidClient("The assertion was used before.");
        if (request.Key is { } key && !UsedAssertion.UseUp(scope, key.Proof))
            return OpenIdException.InvalidProof("The proof was used before.", DpopProofs.ReplayedCode);
        var waiting = scope
            .Db.Set<MemberRequest>()
            .Count(r => r.ServiceId == row.ServiceId && r.State == MemberState.Pushed && r.ExpiresAt > scope.Now);
        if (waiting >= settings.MostPushed)
            return new OpenIdException("temporarily_unavailable", 429, "Too many wait.", ServiceCodes.TooMany);
        // What it learns of her by signing her in is data too.
        if (OverdueDeletions.IsSuspended(scope.Db, row.ServiceId, scope.Now))
            return OverdueDeletions.Refusal();
        scope.Db.Add(row);
        return null;
    }
}
