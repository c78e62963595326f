using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Tests.Support;

/// <summary>An answer of the authorization server or of a resource.</summary>
public sealed record ServiceAnswer(HttpStatusCode Status, byte[] Bytes, string? Nonce)
{
    /// <summary>The header <c>Retry-After</c>, in seconds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The header <c>Cache-Control</c>.</summary>
    public string? Caching { get; init; }

    public bool IsOk => (int)Status is >= 200 and < 300;

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Bytes);

    /// <summary>OAuth's error and the stable code, such as <c>invalid_grant service.code_used</c>.</summary>
    public string Refusal =>
        IsOk
            ? "ok"
            : $"{(Json.TryGetProperty("error", out var error) ? error.GetString() : "")} {Json.GetProperty("code").GetString()}".Trim();
}

/// <summary>
/// A service's own client, written for the tests alone: each request is made of parts that a test may replace or leave out, as whoever attacks
/// would.
/// </summary>
public sealed class ServiceDriver(Uri portal, string clientId, Jwk key) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public string ClientId => clientId;
    public Jwk ClientKey => key;
    public string Issuer => portal.GetLeftPart(UriPartial.Authority);
    public Jwk ProofKey { get; set; } = Jwk.GenerateEc(use: "sig");
    public string Verifier { get; } = Random();
    public string State { get; } = Random();
    public string? Nonce { get; set; }
    public string Callback => $"{Issuer}/sandbox/bank/callback";
    public string Challenge => Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static string Random() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>What a client sends with a pushed request, before a test changes it.</summary>
    public Dictionary<string, string> Request(string details) =>
        new()
        {
            ["response_type"] = "code",
            ["client_id"] = clientId,
            ["redirect_uri"] = Callback,
            ["state"] = State,
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
            ["authorization_details"] = details,
        };

    /// <param name="change">such as <c>state=x</c>, or <c>state+=x</c> for what is added at the end</param>
    public Dictionary<string, string> Request(string details, string change)
    {
        var fields = Request(details);
        var (given, value) = (change.Split('=')[0], change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var name = given.TrimEnd('+');
        fields[name] = given == name ? value : fields[name] + value;
        return fields;
    }

    public Dictionary<string, string> Redemption(string code) =>
        new()
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = clientId,
            ["code"] = code,
            ["redirect_uri"] = Callback,
            ["code_verifier"] = Verifier,
        };

    public Task<ServiceAnswer> PushAsync(
        Dictionary<string, string> fields,
        string? assertion = null,
        string? proof = null
    ) => FormAsync("/connect/par", fields, assertion, proof);

    /// <param name="proof">null: a good one, with the nonce; empty: none</param>
    public async Task<ServiceAnswer> TokenAsync(
        Dictionary<string, string> fields,
        string? assertion = null,
        string? proof = null
    )
    {
        await KnowNonceAsync();
        return await FormAsync("/connect/token", fields, assertion, proof ?? Proof("POST", "/connect/token"));
    }

    /// <summary>A refresh token (RFC 6749 §6).</summary>
    public Task<ServiceAnswer> RefreshAsync(string refresh, string? assertion = null, string? proof = null) =>
        TokenAsync(
            new()
            {
                ["grant_type"] = "refresh_token",
                ["client_id"] = clientId,
                ["refresh_token"] = refresh,
            },
            assertion,
            proof
        );

    public Task<ServiceAnswer> RevokeAsync(string token) =>
        FormAsync("/connect/revoke", new() { ["token"] = token, ["client_id"] = clientId }, null, proof: null);

    public Task<ServiceAnswer> PackageAsync(
        Guid transfer,
        string token,
        string? proof = null,
        string scheme = "DPoP"
    ) => ResourceAsync(HttpMethod.Get, $"/api/v1/transfers/{transfer}/package", token, proof, null, scheme);

    /// <summary>Asks who she is (OpenID Connect Core §5.3).</summary>
    public Task<ServiceAnswer> UserInfoAsync(
        string token,
        string? proof = null,
        string scheme = "DPoP",
        HttpMethod? method = null
    ) => ResourceAsync(method ?? HttpMethod.Get, "/connect/userinfo", token, proof, null, scheme);

    public Task<ServiceAnswer> ReceiptAsync(Guid transfer, string token, string receipt) =>
        ResourceAsync(HttpMethod.Post, $"/api/v1/transfers/{transfer}/receipt", token, null, receipt);

    public string Proof(
        string method,
        string path,
        string? token = null,
        Action<Dictionary<string, object>>? change = null
    ) => Proof(ProofKey, method, path, token, change);

    public string Proof(
        Jwk signer,
        string method,
        string path,
        string? token = null,
        Action<Dictionary<string, object>>? change = null
    )
    {
        var claims = new Dictionary<string, object>
        {
            ["jti"] = Random(),
            ["htm"] = method,
            ["htu"] = Issuer + path,
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        };
        if (Nonce is not null)
            claims["nonce"] = Nonce;
        if (token is not null)
            claims["ath"] = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        change?.Invoke(claims);
        var jwk = JsonSerializer.Deserialize<JsonElement>(signer.PublicOnly().ToJson());
        return Sign(signer, claims, "dpop+jwt", new() { ["jwk"] = jwk });
    }

    public string Assertion(
        Action<Dictionary<string, object>>? change = null,
        Dictionary<string, object?>? header = null
    )
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = clientId,
            ["sub"] = clientId,
            ["aud"] = Issuer,
            ["jti"] = Random(),
            ["iat"] = now,
            ["exp"] = now + 50,
        };
        change?.Invoke(claims);
        return Sign(key, claims, null, header);
    }

    public string Receipt(Guid transfer, string seal, TimeSpan kept, Action<Dictionary<string, object>>? change = null)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = clientId,
            ["aud"] = Issuer,
            ["iat"] = now,
            ["transfer"] = transfer,
            ["seal"] = seal,
            ["delete_by"] = now + (long)kept.TotalSeconds,
        };
        change?.Invoke(claims);
        return Sign(key, claims, "mydata-delivery-receipt+jwt", null);
    }

    /// <summary>Its signed answer about a package (protocols.md A5).</summary>
    public string Deletion(
        Guid transfer,
        string seal,
        string status = "deleted",
        Action<Dictionary<string, object>>? change = null
    )
    {
        var claims = new Dictionary<string, object>
        {
            ["iss"] = clientId,
            ["aud"] = Issuer,
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ["transfer"] = transfer,
            ["seal"] = seal,
            ["status"] = status,
        };
        change?.Invoke(claims);
        return Sign(key, claims, "mydata-deletion-receipt+jwt", null);
    }

    public async Task<ServiceAnswer> AnswerAsync(Guid transfer, string receipt)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Issuer}/api/v1/transfers/{transfer}/deletion");
        request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(receipt))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/jose") },
        };
        return await SendAsync(request);
    }

    /// <summary>Asks for its events (RFC 8936).</summary>
    /// <param name="body">what it says; an object</param>
    public async Task<ServiceAnswer> PollAsync(object? body = null, string? assertion = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Issuer}/api/v1/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", assertion ?? Assertion());
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body ?? new { });
        request.Content = new ByteArrayContent(bytes)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
        return await SendAsync(request);
    }

    public static string Sign(Jwk signer, object claims, string? typ, Dictionary<string, object?>? header) =>
        Jws.Sign(signer, JoseNames.Es256, JsonSerializer.SerializeToUtf8Bytes(claims), typ, header);

    /// <summary>A token whose header says <c>alg: none</c>.</summary>
    public static string Unsigned(string signed)
    {
        var payload = signed.Split('.')[1];
        return $"{Base64UrlText.Encode("{\"alg\":\"none\"}"u8)}.{payload}.";
    }

    public async Task KnowNonceAsync()
    {
        if (Nonce is not null)
            return;
        var asked = await FormAsync("/connect/token", Redemption("none"), null, Proof("POST", "/connect/token"));
        Assert.Equal("use_dpop_nonce dpop.nonce", asked.Refusal);
        Nonce = asked.Nonce;
    }

    public void Dispose() => _client.Dispose();

    private async Task<ServiceAnswer> ResourceAsync(
        HttpMethod method,
        string path,
        string token,
        string? proof,
        string? body,
        string scheme = "DPoP"
    )
    {
        await KnowNonceAsync();
        using var request = new HttpRequestMessage(method, Issuer + path);
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, token);
        if ((proof ?? Proof(method.Method, path, token)) is { Length: > 0 } sent)
            request.Headers.Add("DPoP", sent);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(body))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/jose") },
            };
        return await SendAsync(request);
    }

    private async Task<ServiceAnswer> FormAsync(
        string path,
        Dictionary<string, string> fields,
        string? assertion,
        string? proof
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Issuer + path);
        request.Content = new FormUrlEncodedContent([
            .. fields,
            new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            new("client_assertion", assertion ?? Assertion()),
        ]);
        if (proof is { Length: > 0 })
            request.Headers.Add("DPoP", proof);
        return await SendAsync(request);
    }

    private async Task<ServiceAnswer> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _client.SendAsync(request);
        return new(
            answer.StatusCode,
            await answer.Content.ReadAsByteArrayAsync(),
            answer.Headers.TryGetValues("DPoP-Nonce", out var nonce) ? nonce.First() : null
        )
        {
            Caching = answer.Headers.CacheControl?.ToString(),
            RetryAfter = answer.Headers.RetryAfter?.Delta,
        };
    }
}
