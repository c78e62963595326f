using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Core.OpenId;

/// <summary>A provider that has proved who it is. <see cref="Assertion"/> must be used up in the write that follows.</summary>
public sealed record AuthenticatedProvider(ProviderListing Listing, string? DataSetId, UsedAssertion? Assertion);

/// <summary>
/// Client authentication of providers: <c>private_key_jwt</c> (RFC 7523 §3, ES256 by a registered key) or, on the national
/// wire, HTTP Basic with the data set's id and secret.
/// </summary>
public sealed class ProviderClients(Catalogue catalog, IIssuer issuer, TimeProvider time)
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>Allowed difference between two clocks.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>The longest life of an assertion.</summary>
    public static readonly TimeSpan LongestAssertion = TimeSpan.FromMinutes(5);

    private static readonly IReadOnlySet<string> Algorithms = new HashSet<string>(StringComparer.Ordinal)
    {
        JoseNames.Es256,
    };

    // Registered keys alone, and each is imported once: that costs as much as a signature does.
    private readonly ConcurrentDictionary<string, Jwk> _keys = new(StringComparer.Ordinal);

    /// <exception cref="OpenIdException">invalid_client: the reason is for the log of a developer, the same for all.</exception>
    public async Task<AuthenticatedProvider> ByAssertionAsync(
        string? assertionType,
        string? assertion,
        CancellationToken token
    )
    {
        if (assertionType != AssertionType || string.IsNullOrEmpty(assertion) || assertion.Length > 4096)
            throw OpenIdException.InvalidClient("No client assertion.");
        var clientId = UnverifiedIssuer(assertion);
        var provider =
            await catalog.FindClientAsync(clientId, token) ?? throw OpenIdException.InvalidClient("Unknown client.");
        var claims = Verify(assertion, provider);
        if (Text(claims, "iss") != clientId || Text(claims, "sub") != clientId)
            throw OpenIdException.InvalidClient("iss and sub must be the client.");
        if (Text(claims, "aud") != issuer.Value)
            throw OpenIdException.InvalidClient("aud must be this issuer alone.");
        var now = time.GetUtcNow();
        if (!claims.TryGetProperty("exp", out var exp) || !exp.TryGetInt64(out var seconds))
            throw OpenIdException.InvalidClient("exp is missing.");
        var expires = FromSeconds(seconds);
        if (expires + Skew <= now || expires > now + LongestAssertion + Skew)
            throw OpenIdException.InvalidClient("exp is over, or too far.");
        if (Text(claims, "jti") is not { Length: >= 8 and <= 200 } id)
            throw OpenIdException.InvalidClient("jti is missing.");
        return new(
            provider,
            null,
            new UsedAssertion
            {
                ClientId = clientId,
                TokenId = id,
                ExpiresAt = expires + Skew,
            }
        );
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

    private JsonElement Verify(string assertion, ProviderListing provider)
    {
        try
        {
            var verified = Jws.Verify(
                assertion,
                [.. provider.ClientKeys.Select(key => _keys.GetOrAdd(key, Jwk.Parse))],
                Algorithms
            );
            return StrictJson.ParseObject(verified.Payload, "assertion.invalid");
        }
        catch (EncryptionException refused)
        {
            throw OpenIdException.InvalidClient(refused.Code);
        }
    }

    // Only chooses whose keys are tried; what it says counts after the signature does.
    private static string UnverifiedIssuer(string assertion)
    {
        try
        {
            var payload = Base64UrlText.Decode(assertion.Split('.')[1]);
            return Text(StrictJson.ParseObject(payload, "assertion.invalid"), "iss") ?? "";
        }
        catch (Exception bad) when (bad is EncryptionException or IndexOutOfRangeException)
        {
            throw OpenIdException.InvalidClient("The assertion cannot be read.");
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset FromSeconds(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 253_402_300_799));
}
