using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Keys;

namespace MyData.Web.Sandbox.Identity;

/// <summary>
/// Whether a caller of an identity authority is the portal: by the shared secret (RFC 6749 §2.3.1, header or form), or by an
/// assertion with the portal's key (RFC 7523).
/// </summary>
public sealed class ClientCheck(
    IOptions<SandboxSettings> settings,
    SandboxKeys keys,
    PortalClient portal,
    TimeProvider clock
)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static readonly TimeSpan LongestAssertion = TimeSpan.FromMinutes(5);

    public string ClientId => settings.Value.Client.Id;

    public string Secret => settings.Value.Client.Secret is { Length: > 0 } secret ? secret : keys.ClientSecret;

    /// <param name="audiences">What an assertion may name as its audience.</param>
    public async Task<bool> IsPortalAsync(
        HttpRequest request,
        IFormCollection? form,
        string[] audiences,
        CancellationToken ct
    )
    {
        if (form is not null && form["client_assertion_type"] == AssertionType)
            return await AssertsAsync(form["client_assertion"].ToString(), audiences, ct);
        if (Bearer(request) is { } assertion)
            return await AssertsAsync(assertion, audiences, ct);
        var (id, secret) =
            Basic(request) ?? (form?["client_id"].ToString() ?? "", form?["client_secret"].ToString() ?? "");
        // Both are compared in full, so that the time says nothing about either.
        return Same(id, ClientId) & Same(secret, Secret);
    }

    private async Task<bool> AssertsAsync(string assertion, string[] audiences, CancellationToken ct)
    {
        try
        {
            var known = await portal.KnowAsync(TokenFacts.Text(Jws.PeekHeader(assertion), "kid"), ct);
            var claims = Jws.Verify(assertion, known.Keys, JoseNames.SignatureAlgs).Payload;
            using var json = System.Text.Json.JsonDocument.Parse(claims);
            var root = json.RootElement;
            var now = clock.GetUtcNow().ToUnixTimeSeconds();
            return TokenFacts.Text(root, "iss") == ClientId
                && TokenFacts.Text(root, "sub") == ClientId
                && audiences.Contains(TokenFacts.Text(root, "aud"))
                && root.TryGetProperty("exp", out var exp)
                && exp.TryGetInt64(out var until)
                && until > now
                && until <= now + LongestAssertion.TotalSeconds;
        }
        catch (Exception error)
            when (error is EncryptionException or System.Text.Json.JsonException or HttpRequestException)
        {
            return false;
        }
    }

    private static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? value[7..]
            : null;

    private static (string Id, string Secret)? Basic(HttpRequest request)
    {
        if (
            request.Headers.Authorization is not [{ } value]
            || !value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
        )
            return null;
        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(value[6..], bytes, out var length))
            return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair.Length == 2 ? (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1])) : null;
    }

    private static bool Same(string given, string wanted) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)),
            SHA256.HashData(Encoding.UTF8.GetBytes(wanted))
        );
}
