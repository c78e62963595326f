using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Members;

/// <summary>What a service is given for its code, not yet stored.</summary>
/// <param name="Access">the access token, and its SHA-256 in base64url</param>
/// <param name="IdToken">who signed in (OpenID Connect Core §2)</param>
/// <param name="Scope">what was granted</param>
public sealed record MemberTokens(
    string Access,
    string AccessHash,
    string IdToken,
    string Scope,
    TimeSpan Life,
    DateTimeOffset ExpiresAt
);

/// <summary>
/// ID tokens (OpenID Connect Core §2), and with each a token for userinfo alone (RFC 9068), bound to the service's key (RFC 9449). Reads ID tokens
/// that come back as hints.
/// </summary>
public sealed class IdTokens(
    SigningKeys keys,
    TransferTokens subjects,
    IIssuer issuer,
    MemberSettings settings,
    TimeProvider time
)
{
    /// <summary>The resource that an access token is good for, below the issuer.</summary>
    public const string UserInfo = "/connect/userinfo";

    private const string Type = "JWT";
    private const int MostCharacters = 8 * 1024;

    /// <summary>Whom the service knows her as (OpenID Connect Core §8.1): the same at each sign-in, another at each service.</summary>
    public string Subject(Guid citizenId, string serviceId) => subjects.Subject(citizenId, serviceId);

    /// <param name="claims">what stands in the ID token besides</param>
    /// <param name="thumbprint">of the key that the token is bound to</param>
    internal MemberTokens Make(MemberView view, IReadOnlyDictionary<string, object> claims, string thumbprint)
    {
        var (row, content) = (view.Request, view.Content);
        var now = time.GetUtcNow().TrimToMilliseconds();
        var subject = Subject(row.CitizenId!.Value, row.ServiceId);
        var scope = string.Join(' ', content.Scopes);
        var access = keys.Sign(
            JsonSerializer.SerializeToUtf8Bytes(
                new Dictionary<string, object>
                {
                    ["iss"] = issuer.Value,
                    ["aud"] = issuer.Value + UserInfo,
                    ["sub"] = subject,
                    ["client_id"] = row.ServiceId,
                    ["iat"] = now.ToUnixTimeSeconds(),
                    ["exp"] = (now + settings.TokenLife).ToUnixTimeSeconds(),
                    ["jti"] = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16)),
                    ["acr"] = row.Level.ToString(),
                    ["auth_time"] = row.AuthTime!.Value.ToUnixTimeSeconds(),
                    ["scope"] = scope,
                    ["cnf"] = new Dictionary<string, string> { ["jkt"] = thumbprint },
                }
            ),
            "at+jwt",
            now
        );
        var said = new Dictionary<string, object>(claims, StringComparer.Ordinal)
        {
            ["iss"] = issuer.Value,
            ["sub"] = subject,
            ["aud"] = row.ServiceId,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + settings.IdTokenLife).ToUnixTimeSeconds(),
            ["auth_time"] = row.AuthTime.Value.ToUnixTimeSeconds(),
            ["acr"] = row.Level.ToString(),
            ["amr"] = (row.Methods ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ["at_hash"] = HalfHash(access),
        };
        if (content.Nonce is { } nonce)
            said["nonce"] = nonce;
        var idToken = keys.Sign(JsonSerializer.SerializeToUtf8Bytes(said), Type, now);
        return new(access, TransferTokens.HashOf(access), idToken, scope, settings.TokenLife, now + settings.TokenLife);
    }

    /// <summary>Whom an ID token of this service names, also one that is over (RP-Initiated Logout §2: it is no proof, it is a hint).</summary>
    /// <exception cref="OpenIdException">It is not one of ours, or for another service.</exception>
    public string SubjectOfHint(string hint, string serviceId) =>
        Read(hint) is { } read && read.Service == serviceId
            ? read.Subject
            : throw OpenIdException.InvalidRequest("id_token_hint is not one of ours.", MemberCodes.Hint);

    /// <summary>Of an ID token of ours: which service it was for, and whom it names there. Null for anything else.</summary>
    public (string Service, string Subject)? Read(string hint)
    {
        if (hint.Length > MostCharacters)
            return null;
        try
        {
            var verified = Jws.Verify(hint, [.. keys.Published], JoseNames.SignatureAlgs, Type);
            var claims = StrictJson.ParseObject(verified.Payload, MemberCodes.Hint);
            return Text("iss") == issuer.Value && Text("aud") is { } service && Text("sub") is { } subject
                ? (service, subject)
                : null;

            string? Text(string name) => claims.TryGetProperty(name, out var value) ? StrictJson.TextOf(value) : null;
        }
        catch (EncryptionException)
        {
            return null;
        }
    }

    /// <summary>The left half of its SHA-256 (OpenID Connect Core §3.1.3.6).</summary>
    private static string HalfHash(string token) =>
        Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)).AsSpan(0, 16));
}
