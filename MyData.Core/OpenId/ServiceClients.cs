using MyData.Core.Catalog;
using MyData.Core.Encryption;

namespace MyData.Core.OpenId;

/// <summary>An online service that has proved who it is. <see cref="Assertion"/> must be used up in the write that follows.</summary>
public sealed record AuthenticatedService(OnlineServiceListing Listing, UsedAssertion Assertion);

/// <summary>Client authentication of online services: <c>private_key_jwt</c> alone, ES256 or PS256 (FAPI 2.0 Security Profile §5.3.2.1, §5.4).</summary>
public sealed class ServiceClients(OnlineServices services, IServiceKeys keys, ClientAssertions assertions)
{
    /// <exception cref="OpenIdException">invalid_client: the same for a service that is unknown, delisted or not the one.</exception>
    public async Task<AuthenticatedService> ByAssertionAsync(
        string? assertionType,
        string? assertion,
        string? clientId,
        CancellationToken token
    )
    {
        var claimed = ClientAssertions.Claimed(assertionType, assertion);
        // RFC 7521 §4.2: where it is given, it must be the same.
        if (!string.IsNullOrEmpty(clientId) && clientId != claimed)
            throw OpenIdException.InvalidClient("client_id is another.");
        var service =
            await services.FindAsync(claimed, token) ?? throw OpenIdException.InvalidClient("Unknown client.");
        await keys.LearnAsync(service, assertion!, token);
        var used = assertions.Verify(assertion!, claimed, keys.Of(service), JoseNames.SignatureAlgs);
        return new(service, used);
    }
}
