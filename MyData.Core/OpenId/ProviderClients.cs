using System.Security.Cryptography;
using System.Text;
using MyData.Core.Catalog;
using MyData.Core.Encryption;

namespace MyData.Core.OpenId;

/// <summary>A provider that has proved who it is. <see cref="Assertion"/> must be used up in the write that follows.</summary>
public sealed record AuthenticatedProvider(ProviderListing Listing, string? DataSetId, UsedAssertion? Assertion);

/// <summary>
/// Client authentication of providers: <c>private_key_jwt</c> (RFC 7523 §3, ES256 by a registered key) or, on the national
/// wire, HTTP Basic with the data set's id and secret.
/// </summary>
public sealed class ProviderClients(Catalogue catalog, ClientAssertions assertions)
{
    private static readonly IReadOnlySet<string> Algorithms = new HashSet<string>(StringComparer.Ordinal)
    {
        JoseNames.Es256,
    };

    /// <exception cref="OpenIdException">invalid_client: the reason is for the log of a developer, the same for all.</exception>
    public async Task<AuthenticatedProvider> ByAssertionAsync(
        string? assertionType,
        string? assertion,
        CancellationToken token
    )
    {
        var clientId = ClientAssertions.Claimed(assertionType, assertion);
        var provider =
            await catalog.FindClientAsync(clientId, token) ?? throw OpenIdException.InvalidClient("Unknown client.");
        return new(provider, null, assertions.Verify(assertion!, clientId, provider.ClientKeys, Algorithms));
    }

    /// <summary>National wire: <c>Authorization: Basic</c> of the data set's id and the provider's secret.</summary>
    /// <exception cref="OpenIdException">invalid_client.</exception>
    public async Task<AuthenticatedProvider> ByBasicAsync(string header, CancellationToken token)
    {
        var (id, secret) = ParseBasic(header);
        var found = await catalog.FindAsync(id, token) is { Listed: true } listed ? listed : null;
        var expected = found is { Listing.Wire: WireFormat.National } ? found.Provider.ResourceSecret : null;
        // The comparison is made for an unknown id too, so that both take the same time.
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        var wanted = SHA256.HashData(Encoding.UTF8.GetBytes(expected ?? "\0"));
        if (!CryptographicOperations.FixedTimeEquals(given, wanted) || expected is null || found is null)
            throw OpenIdException.InvalidClient("Unknown resource, or wrong secret.");
        return new(found.Provider, found.Listing.Id, null);
    }

    /// <summary>The id in an HTTP Basic header, unproved; null where it is no such header.</summary>
    public static string? ClaimedBasic(string header)
    {
        try
        {
            return ParseBasic(header).Id;
        }
        catch (OpenIdException)
        {
            return null;
        }
    }

    private static (string Id, string Secret) ParseBasic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || header.Length > 1024)
            throw OpenIdException.InvalidClient("Not HTTP Basic.");
        var buffer = new byte[1024];
        if (!Convert.TryFromBase64String(header[6..].Trim(), buffer, out var length))
            throw OpenIdException.InvalidClient("Not HTTP Basic.");
        var pair = Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2);
        return pair.Length == 2 ? (pair[0], pair[1]) : throw OpenIdException.InvalidClient("Not HTTP Basic.");
    }
}
