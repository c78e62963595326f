using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Load.Browsing;

namespace MyData.Load.Services;

/// <summary>
/// A client of an authorization server: private_key_jwt (RFC 7523) and a DPoP proof with the server's nonce (RFC 9449) for each call. Each of
/// a crowd has a proof key of its own.
/// </summary>
public sealed class ServiceCaller(HttpClient http, string issuer, string clientId, Jwk key)
{
    private readonly Jwk _proofKey = Jwk.GenerateEc(use: "sig");
    private Dictionary<string, object?>? _proofHeader;
    private string? _nonce;

    public static string Random() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>RFC 9126; the address that her browser is led to.</summary>
    public async Task<string> PushAsync(Dictionary<string, string> fields, CancellationToken token)
    {
        using var request = Form("/connect/par", fields, proof: null);
        var answer = await SendAsync(request, token);
        return $"/connect/authorize?client_id={clientId}&request_uri={Uri.EscapeDataString(answer.GetProperty("request_uri").GetString()!)}";
    }

    /// <summary>The exchange of a code, signed and not yet sent.</summary>
    public HttpRequestMessage Exchange(string path, string code, string redirect, string verifier) =>
        Form(
            path,
            new()
            {
                ["grant_type"] = "authorization_code",
                ["client_id"] = clientId,
                ["code"] = code,
                ["redirect_uri"] = redirect,
                ["code_verifier"] = verifier,
            },
            Proof("POST", path, null)
        );

    /// <summary>Learns the nonce, so that no exchange that is timed is asked for it.</summary>
    public async Task KnowNonceAsync(string path, CancellationToken token)
    {
        using var request = Exchange(path, "none", "none", "none");
        using var answer = await http.SendAsync(request, token);
        Learn(answer);
    }

    /// <exception cref="LoadException">It was refused.</exception>
    public async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken token)
    {
        using var answer = await http.SendAsync(request, token);
        Learn(answer);
        var body = await answer.Content.ReadAsByteArrayAsync(token);
        return answer.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(body)
            : throw new LoadException(
                $"{request.RequestUri} answered {(int)answer.StatusCode}: {Encoding.UTF8.GetString(body)}"
            );
    }

    /// <summary>Fetches a package by its token, and signs for it.</summary>
    public async Task ReceiveAsync(Guid transfer, string access, Jwk recipient, CancellationToken token)
    {
        var path = $"/api/v1/transfers/{transfer}";
        var package = await ResourceAsync(HttpMethod.Get, $"{path}/package", access, null, token);
        var seal = SealedPackage.Open(package, recipient).Digest.Hex;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var receipt = Jws.Sign(
            key,
            JoseNames.Es256,
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    iss = clientId,
                    aud = issuer,
                    iat = now,
                    transfer,
                    seal,
                    delete_by = now + (long)TimeSpan.FromDays(1).TotalSeconds,
                }
            ),
            "mydata-delivery-receipt+jwt"
        );
        await ResourceAsync(HttpMethod.Post, $"{path}/receipt", access, receipt, token);
    }

    private HttpRequestMessage Form(string path, Dictionary<string, string> fields, string? proof)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, issuer + path);
        request.Content = new FormUrlEncodedContent([
            .. fields,
            new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            new("client_assertion", Assertion()),
        ]);
        if (proof is not null)
            request.Headers.Add("DPoP", proof);
        return request;
    }

    private async Task<byte[]> ResourceAsync(
        HttpMethod method,
        string path,
        string access,
        string? body,
        CancellationToken token
    )
    {
        using var request = new HttpRequestMessage(method, issuer + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", access);
        request.Headers.Add("DPoP", Proof(method.Method, path, access));
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(body))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/jose") },
            };
        using var answer = await http.SendAsync(request, token);
        Learn(answer);
        var bytes = await answer.Content.ReadAsByteArrayAsync(token);
        return answer.IsSuccessStatusCode
            ? bytes
            : throw new LoadException($"{path} answered {(int)answer.StatusCode}: {Encoding.UTF8.GetString(bytes)}");
    }

    private void Learn(HttpResponseMessage answer)
    {
        if (answer.Headers.TryGetValues("DPoP-Nonce", out var nonce))
            _nonce = nonce.First();
    }

    private string Assertion()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return Jws.Sign(
            key,
            JoseNames.Es256,
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    iss = clientId,
                    sub = clientId,
                    aud = issuer,
                    jti = Random(),
                    iat = now,
                    exp = now + 50,
                }
            )
        );
    }

    private string Proof(string method, string path, string? access)
    {
        var claims = new Dictionary<string, object>
        {
            ["jti"] = Random(),
            ["htm"] = method,
            ["htu"] = issuer + path,
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        };
        if (_nonce is not null)
            claims["nonce"] = _nonce;
        if (access is not null)
            claims["ath"] = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(access)));
        return Jws.Sign(
            _proofKey,
            JoseNames.Es256,
            JsonSerializer.SerializeToUtf8Bytes(claims),
            "dpop+jwt",
            _proofHeader ??= new()
            {
                ["jwk"] = JsonSerializer.Deserialize<JsonElement>(_proofKey.PublicOnly().ToJson()),
            }
        );
    }
}
