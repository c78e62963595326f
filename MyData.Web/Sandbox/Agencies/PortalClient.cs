using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Keys;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>
/// How an agency talks to the portal: discovery, introspection, user info, keys, all over HTTP. Discovery and keys are kept
/// for five minutes; an unknown key id asks again, at most every ten seconds.
/// </summary>
public sealed class PortalClient(IHttpClientFactory clients, SandboxAddress address, TimeProvider clock)
{
    public const string HttpName = "sandbox";

    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    private Known? known;

    /// <summary>The issuer's metadata and keys.</summary>
    /// <exception cref="HttpRequestException">The portal does not answer.</exception>
    public async Task<Known> KnowAsync(string? missingKey, CancellationToken ct)
    {
        var portal = address.Portal;
        var now = clock.GetTimestamp();
        var have = Volatile.Read(ref known);
        if (have is not null && have.Portal == portal)
        {
            var age = clock.GetElapsedTime(have.At, now);
            var lacksKey = missingKey is not null && have.Keys.All(k => k.Kid != missingKey);
            if (age < Keep && !(lacksKey && age > AskAgain))
                return have;
        }
        using var discovery = await GetAsync($"{portal}/.well-known/openid-configuration", ct);
        var root = discovery.RootElement;
        using var jwks = await GetAsync(root.GetProperty("jwks_uri").GetString()!, ct);
        have = new Known
        {
            Portal = portal,
            At = now,
            Issuer = root.GetProperty("issuer").GetString()!,
            Introspection = root.GetProperty("introspection_endpoint").GetString()!,
            UserInfo = root.GetProperty("userinfo_endpoint").GetString()!,
            Keys = JwkSet.Parse(jwks.RootElement),
        };
        Volatile.Write(ref known, have);
        return have;
    }

    /// <summary>RFC 7662 with <c>private_key_jwt</c>; null where the token is not active.</summary>
    public async Task<TokenFacts?> IntrospectAsync(string clientId, AgencyKeys keys, string token, CancellationToken ct)
    {
        var portal = await KnowAsync(null, ct);
        using var request = Form(portal.Introspection, portal, clientId, keys, ("token", token));
        return TokenFacts.Read(await SendAsync(request, ct));
    }

    /// <summary>Who the token is about.</summary>
    public async Task<SubjectFacts?> UserInfoAsync(string clientId, AgencyKeys keys, string token, CancellationToken ct)
    {
        var portal = await KnowAsync(null, ct);
        using var request = Form(portal.UserInfo, portal, clientId, keys, ("access_token", token));
        return SubjectFacts.Read(await SendAsync(request, ct));
    }

    /// <summary>National wire: introspection with HTTP Basic (protocols.md B1).</summary>
    public async Task<TokenFacts?> IntrospectAsync(string resourceId, string secret, string token, CancellationToken ct)
    {
        var portal = await KnowAsync(null, ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, portal.Introspection);
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{resourceId}:{secret}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
        request.Content = new FormUrlEncodedContent([new("token", token)]);
        return TokenFacts.Read(await SendAsync(request, ct));
    }

    /// <summary>National wire: user info with the bearer token (protocols.md B1).</summary>
    public async Task<SubjectFacts?> UserInfoAsync(string token, CancellationToken ct)
    {
        var portal = await KnowAsync(null, ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, portal.UserInfo);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return SubjectFacts.Read(await SendAsync(request, ct));
    }

    /// <summary>Calls the portal's own API with a client assertion in the header.</summary>
    /// <returns>the answer's body; null where the portal refuses</returns>
    public async Task<byte[]?> CallAsync(
        string clientId,
        AgencyKeys keys,
        string path,
        object? body,
        CancellationToken ct
    )
    {
        var portal = await KnowAsync(null, ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{portal.Issuer}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Assertion(portal, clientId, keys));
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await SendAsync(request, ct);
    }

    private HttpRequestMessage Form(
        string url,
        Known portal,
        string clientId,
        AgencyKeys keys,
        (string, string) value
    ) =>
        new(HttpMethod.Post, url)
        {
            Content = new FormUrlEncodedContent([
                new(value.Item1, value.Item2),
                new("client_id", clientId),
                new("client_assertion_type", AssertionType),
                new("client_assertion", Assertion(portal, clientId, keys)),
            ]),
        };

    private string Assertion(Known portal, string clientId, AgencyKeys keys)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = clientId,
            ["sub"] = clientId,
            ["aud"] = portal.Issuer,
            ["jti"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            ["iat"] = now,
            ["exp"] = now + 50,
        };
        return Jws.Sign(keys.ClientKey, "ES256", JsonSerializer.SerializeToUtf8Bytes(claims));
    }

    private async Task<JsonDocument> GetAsync(string url, CancellationToken ct)
    {
        using var client = clients.CreateClient(HttpName);
        return JsonDocument.Parse(await client.GetByteArrayAsync(new Uri(url), ct));
    }

    /// <summary>The body; null where the portal refuses the token (400, 401, 403).</summary>
    private async Task<byte[]?> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var client = clients.CreateClient(HttpName);
        using var response = await client.SendAsync(request, ct);
        if ((int)response.StatusCode is 400 or 401 or 403)
            return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(ct);
    }

    /// <summary>What is known of the portal, and since when (a timestamp of the clock).</summary>
    public sealed record Known
    {
        public required string Portal { get; init; }

        public required long At { get; init; }

        public required string Issuer { get; init; }

        public required string Introspection { get; init; }

        public required string UserInfo { get; init; }

        public required IReadOnlyList<Jwk> Keys { get; init; }
    }
}
