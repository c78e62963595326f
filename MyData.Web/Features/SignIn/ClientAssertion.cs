using System.Text.Json;
using MyData.Core.Data;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

/// <summary>
/// How the portal says who it is to a source of identity: a JWT by its own key (RFC 7523 §2.2), so that no secret has to be
/// shared and kept on two sides.
/// </summary>
public sealed class ClientAssertion(SigningKeys keys, MyDataSettings settings, TimeProvider time)
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    /// <param name="audience">Whom it is for: the address that is called, or its issuer.</param>
    public string For(string audience)
    {
        var now = time.GetUtcNow();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = settings.SignIn.Upstream.ClientId,
            ["sub"] = settings.SignIn.Upstream.ClientId,
            ["aud"] = audience,
            ["jti"] = Ids.New().ToString("N"),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Life).ToUnixTimeSeconds(),
        };
        return keys.Sign(JsonSerializer.SerializeToUtf8Bytes(claims), "JWT");
    }
}
