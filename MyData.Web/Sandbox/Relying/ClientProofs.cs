using System.Security.Cryptography;
using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Relying;

/// <summary>What a client signs with each of its requests: who it is (RFC 7523 §3), and that it holds its key (RFC 9449 §4.2).</summary>
public static class ClientProofs
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static readonly TimeSpan AssertionLife = TimeSpan.FromSeconds(50);

    /// <param name="key">registered by the client</param>
    /// <param name="id">its <c>client_id</c></param>
    /// <param name="audience">the portal's issuer</param>
    public static string Assertion(Jwk key, string id, string audience, DateTimeOffset now) =>
        Sign(
            key,
            new Dictionary<string, object>
            {
                ["iss"] = id,
                ["sub"] = id,
                ["aud"] = audience,
                ["jti"] = Once(),
                ["iat"] = now.ToUnixTimeSeconds(),
                ["exp"] = (now + AssertionLife).ToUnixTimeSeconds(),
            }
        );

    /// <param name="key">that the token is, or is to be, bound to</param>
    /// <param name="nonce">the portal's last one; null: none yet</param>
    /// <param name="token">that goes with the request; null: none</param>
    public static string Dpop(Jwk key, HttpMethod method, Uri url, string? nonce, string? token, DateTimeOffset now)
    {
        var claims = new Dictionary<string, object>
        {
            ["jti"] = Once(),
            ["htm"] = method.Method,
            ["htu"] = url.GetLeftPart(UriPartial.Path),
            ["iat"] = now.ToUnixTimeSeconds(),
        };
        if (nonce is not null)
            claims["nonce"] = nonce;
        if (token is not null)
            claims["ath"] = Base64UrlText.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(token)));
        return Sign(
            key,
            claims,
            "dpop+jwt",
            new() { ["jwk"] = JsonSerializer.Deserialize<JsonElement>(key.PublicOnly().ToJson()) }
        );
    }

    private static string Once() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16));

    private static string Sign(
        Jwk key,
        Dictionary<string, object> claims,
        string? typ = null,
        Dictionary<string, object?>? header = null
    ) => Jws.Sign(key, JoseNames.Es256, JsonSerializer.SerializeToUtf8Bytes(claims), typ, header);
}
