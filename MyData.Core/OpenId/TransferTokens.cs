using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Core.OpenId;

/// <summary>For which call a token is asked.</summary>
public sealed record TokenRequest
{
    public required Guid TransferId { get; init; }
    public required Guid ConsentId { get; init; }
    public required Guid CitizenId { get; init; }
    public required string DataSetId { get; init; }
    public required string Audience { get; init; }
    public required AssuranceLevel Level { get; init; }
    public required string Methods { get; init; }
    public required DateTimeOffset AuthTime { get; init; }
}

/// <summary>A token and its row, not yet stored.</summary>
public sealed record PreparedToken(string Value, AccessToken Row);

/// <summary>
/// Tokens for the calls to providers. Native: a JWT access token (RFC 9068), bound to the platform's DPoP key (RFC 9449).
/// National wire: 64 lower-case characters. Made outside the write, stored inside it, and dead as soon as the call ends.
/// </summary>
public sealed class TransferTokens(
    SigningKeys keys,
    IIssuer issuer,
    PlatformClient platform,
    PersonalDataVault vault,
    TimeProvider time
)
{
    /// <summary>protocols.md A1.</summary>
    public static readonly TimeSpan NativeLifetime = TimeSpan.FromMinutes(10);

    /// <summary>protocols.md B1 (2021).</summary>
    public static readonly TimeSpan NationalLifetime = TimeSpan.FromHours(2);

    /// <summary>The pairwise subject of a citizen at one provider: stable there, unlinkable between providers.</summary>
    public string Subject(Guid citizenId, string audience) => vault.Pseudonym($"{audience}\n{citizenId:N}", "sub");

    public PreparedToken PrepareNative(TokenRequest request)
    {
        var row = Row(request, NativeLifetime, "", platform.KeyThumbprint);
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object>
            {
                ["iss"] = issuer.Value,
                ["aud"] = row.Audience,
                ["sub"] = row.Subject,
                ["client_id"] = PlatformClient.ClientId,
                ["iat"] = row.IssuedAt.ToUnixTimeSeconds(),
                ["exp"] = row.ExpiresAt.ToUnixTimeSeconds(),
                ["jti"] = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16)),
                ["acr"] = row.Level.ToString(),
                ["auth_time"] = row.AuthTime.ToUnixTimeSeconds(),
                ["scope"] = "mydata",
                ["transfer_id"] = row.TransferId,
                ["cnf"] = new Dictionary<string, string> { ["jkt"] = platform.KeyThumbprint },
            }
        );
        var token = keys.Sign(claims, "at+jwt");
        return new(token, Row(request, NativeLifetime, HashOf(token), platform.KeyThumbprint));
    }

    public PreparedToken PrepareNational(TokenRequest request)
    {
        var token = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 64);
        return new(token, Row(request, NationalLifetime, HashOf(token), null));
    }

    /// <summary>Stores the token in the write that begins the call; what the transfer had before is dead.</summary>
    public static void Issue(WriteScope scope, PreparedToken token)
    {
        Revoke(scope, token.Row.TransferId);
        scope.Db.Add(token.Row);
    }

    public static void Revoke(WriteScope scope, Guid transferId) =>
        scope
            .Db.Set<AccessToken>()
            .Where(token => token.TransferId == transferId && token.RevokedAt == null)
            .ExecuteUpdate(set => set.SetProperty(token => token.RevokedAt, scope.Now));

    public static string HashOf(string token) => Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private AccessToken Row(TokenRequest request, TimeSpan lifetime, string hash, string? thumbprint)
    {
        var now = time.GetUtcNow().TrimToMilliseconds();
        return new AccessToken
        {
            Hash = hash,
            TransferId = request.TransferId,
            ConsentId = request.ConsentId,
            CitizenId = request.CitizenId,
            DataSetId = request.DataSetId,
            Audience = request.Audience,
            Subject = Subject(request.CitizenId, request.Audience),
            Level = request.Level,
            Methods = request.Methods,
            AuthTime = request.AuthTime,
            KeyThumbprint = thumbprint,
            IssuedAt = now,
            ExpiresAt = now + lifetime,
        };
    }
}
