using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>What the portal says by a signed event (RFC 8417).</summary>
/// <param name="Issuer">who says it</param>
/// <param name="Audience">to whom it says it</param>
/// <param name="Events">by the last part of their names, such as <c>consent-revoked</c></param>
public sealed record HeardEvent(string Issuer, string Audience, IReadOnlyDictionary<string, JsonElement> Events);

/// <summary>How a counterpart of the portal takes a signed event: at most 16 KB, by the portal's own key, for its own name.</summary>
public sealed class SecurityEventReader(PortalClient portal)
{
    private const string Type = "secevent+jwt";
    private const int Largest = 16 * 1024;

    /// <returns>null where it is no event for this audience: RFC 8935 §2.4 has a word for each</returns>
    public async Task<HeardEvent?> ReadAsync(HttpContext http, params IReadOnlyCollection<string> audiences)
    {
        if (http.Request.ContentType != $"application/{Type}" || http.Request.ContentLength is null or > Largest)
            return null;
        using var reader = new StreamReader(http.Request.Body);
        var token = await reader.ReadToEndAsync(http.RequestAborted);
        try
        {
            return await VerifyAsync(token, audiences, http.RequestAborted);
        }
        catch (Exception wrong) when (wrong is EncryptionException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }

    private async Task<HeardEvent?> VerifyAsync(
        string token,
        IReadOnlyCollection<string> audiences,
        CancellationToken ct
    )
    {
        var header = Jws.PeekHeader(token);
        var known = await portal.KnowAsync(header.TryGetProperty("kid", out var kid) ? kid.GetString() : null, ct);
        var verified = Jws.Verify(token, known.Keys, JoseNames.SignatureAlgs, Type);
        using var json = JsonDocument.Parse(verified.Payload);
        var claims = json.RootElement;
        var audience = claims.GetProperty("aud").GetString() ?? "";
        if (claims.GetProperty("iss").GetString() != known.Issuer || !audiences.Contains(audience))
            return null;
        var prefix = $"{known.Issuer}/events/";
        return new(
            known.Issuer,
            audience,
            claims
                .GetProperty("events")
                .EnumerateObject()
                .Where(one => one.Name.StartsWith(prefix, StringComparison.Ordinal))
                .ToDictionary(one => one.Name[prefix.Length..], one => one.Value.Clone(), StringComparer.Ordinal)
        );
    }
}
