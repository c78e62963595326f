using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Core.OpenId;

/// <summary>
/// The platform as the client that calls providers. Its DPoP key lives as long as the process: every token is made for one
/// call, so no key needs to outlive it.
/// </summary>
public sealed class PlatformClient(TimeProvider time)
{
    public const string ClientId = "mydata-platform";

    private readonly Jwk _key = Jwk.GenerateEc(use: "sig");

    public string KeyThumbprint => _thumbprint ??= _key.Thumbprint();

    private string? _thumbprint;

    /// <summary>A DPoP proof (RFC 9449 §4.2) for one request with this token.</summary>
    public string Proof(string method, Uri target, string token)
    {
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object>
            {
                ["jti"] = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16)),
                ["htm"] = method,
                ["htu"] = target.GetLeftPart(UriPartial.Path),
                ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
                ["ath"] = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token))),
            }
        );
        var header = new Dictionary<string, object?>
        {
            ["jwk"] = JsonSerializer.Deserialize<JsonElement>(_key.PublicOnly().ToJson()),
        };
        return Jws.Sign(_key, JoseNames.Es256, claims, "dpop+jwt", header);
    }
}
