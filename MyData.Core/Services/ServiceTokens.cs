using System.Security.Cryptography;
using System.Text.Json;
using System.Xml;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>A token and what it is good for, not yet stored.</summary>
/// <param name="Subject">whom the service knows her as (OpenID Connect Core §8.1)</param>
/// <param name="Details">the granted <c>authorization_details</c></param>
public sealed record ServiceToken(
    string Value,
    string Hash,
    TimeSpan Life,
    DateTimeOffset ExpiresAt,
    string Subject,
    IReadOnlyList<object> Details
)
{
    /// <summary>The refresh token beside it; null where no standing consent stands behind it.</summary>
    public string? Refresh { get; init; }
}

/// <summary>Access tokens of online services: JWTs (RFC 9068) for the packages' address alone, bound to the service's key (RFC 9449).</summary>
public sealed class ServiceTokens(
    SigningKeys keys,
    TransferTokens tokens,
    IIssuer issuer,
    ServiceSettings settings,
    TimeProvider time
)
{
    /// <summary>The resource that a token is good for, below the issuer.</summary>
    public const string Resource = "/api/v1";

    /// <param name="view">the request in which she agreed</param>
    /// <param name="items">what it is good for</param>
    /// <param name="thumbprint">of the key that it is bound to</param>
    /// <param name="until">when it ends at the latest; null: <see cref="ServiceSettings.TokenLife"/> says it</param>
    /// <param name="standing">what she agreed to for later; null: once</param>
    public ServiceToken Make(
        RequestView view,
        IReadOnlyList<ServiceItem> items,
        string thumbprint,
        DateTimeOffset? until,
        StandingConsent? standing
    )
    {
        var (row, now) = (view.Request, time.GetUtcNow().TrimToMilliseconds());
        var longest = now + settings.TokenLife;
        var ends = until is { } early && early < longest ? early : longest;
        var subject = tokens.Subject(row.CitizenId!.Value, view.Service.Id);
        object[] details = [Granted(view, items, standing)];
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object?>
            {
                ["iss"] = issuer.Value,
                ["aud"] = issuer.Value + Resource,
                ["sub"] = subject,
                ["client_id"] = view.Service.Id,
                ["iat"] = now.ToUnixTimeSeconds(),
                ["exp"] = ends.ToUnixTimeSeconds(),
                ["jti"] = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16)),
                ["acr"] = row.Level.ToString(),
                ["auth_time"] = row.AuthTime?.ToUnixTimeSeconds(),
                ["scope"] = RequestedDetails.Type,
                ["authorization_details"] = details,
                ["cnf"] = new Dictionary<string, string> { ["jkt"] = thumbprint },
            }
        );
        var token = keys.Sign(claims, "at+jwt", now);
        return new(token, TransferTokens.HashOf(token), ends - now, ends, subject, details);
    }

    /// <summary>RFC 9396 §7: what was granted, which is what she agreed to hand over.</summary>
    private static object Granted(RequestView view, IReadOnlyList<ServiceItem> items, StandingConsent? standing) =>
        new
        {
            type = RequestedDetails.Type,
            datasets = from asked in view.Content.Items
            join given in items on asked.DataSet equals given.DataSetId
            select new
            {
                id = asked.DataSet,
                fields = asked.Fields,
                parameters = asked.Parameters,
                transfer_id = given.TransferId,
            },
            purpose = view.Content.Purpose,
            retention = XmlConvert.ToString(view.Content.Retention),
            use = RequestedUse.Granted(standing),
            recipient_key = view.Content.RecipientKid,
            consent_id = view.Request.ConsentId,
        };
}
