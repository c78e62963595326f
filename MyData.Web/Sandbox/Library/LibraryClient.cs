using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Relying;

namespace MyData.Web.Sandbox.Library;

/// <summary>The portal said no, or what it said does not hold.</summary>
public sealed class LibraryRefusedException(string code) : Exception(code)
{
    public string Code { get; } = code;
}

/// <summary>
/// How a service signs its members in, all over HTTP: a pushed request, the code for an ID token, its checks (OpenID Connect Core §3.1.3.7), and
/// userinfo; its client assertion (RFC 7523) and a DPoP proof (RFC 9449) with each.
/// </summary>
public sealed class LibraryClient(
    IHttpClientFactory clients,
    PortalClient portal,
    SandboxAddress address,
    LibraryKeys keys,
    TimeProvider clock
)
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);
    private string? _nonce;

    public string Callback => address.Own + SandboxAddress.Root + LibraryListing.Callback;

    /// <summary>Where the browser goes to (RFC 9126 §4).</summary>
    public async Task<string> PushAsync(LibraryVisit visit, CancellationToken ct)
    {
        var server = await DiscoverAsync(ct);
        var fields = new List<KeyValuePair<string, string>>
        {
            new("response_type", "code"),
            new("scope", "openid profile email"),
            new("redirect_uri", Callback),
            new("state", visit.State),
            new("nonce", visit.Nonce),
            new("code_challenge", visit.Challenge),
            new("code_challenge_method", "S256"),
        };
        if (visit.Links)
            fields.Add(new("link", "true"));
        using var answer = await PostAsync(visit, server, "pushed_authorization_request_endpoint", fields, ct);
        var uri = answer.RootElement.GetProperty("request_uri").GetString()!;
        return $"{Text(server, "authorization_endpoint")}?client_id={LibraryListing.Id}&request_uri={Uri.EscapeDataString(uri)}";
    }

    /// <summary>The answer is the portal's (RFC 9207 §2.4).</summary>
    public async Task<bool> IsFromPortalAsync(string? issuer, CancellationToken ct) =>
        issuer == Text(await DiscoverAsync(ct), "issuer");

    /// <summary>The code for who she is: the visit has its reader afterwards.</summary>
    public async Task SignInAsync(LibraryVisit visit, string code, CancellationToken ct)
    {
        var server = await DiscoverAsync(ct);
        using var granted = await PostAsync(
            visit,
            server,
            "token_endpoint",
            [
                new("grant_type", "authorization_code"),
                new("code", code),
                new("redirect_uri", Callback),
                new("code_verifier", visit.Verifier),
            ],
            ct
        );
        var access = Text(granted.RootElement, "access_token");
        var idToken = Text(granted.RootElement, "id_token");
        var said = await VerifyAsync(idToken, access, visit, Text(server, "issuer"), ct);
        using var told = JsonDocument.Parse(
            await SendAsync(
                visit,
                new Uri(Text(server, "userinfo_endpoint")),
                url => WithToken(url, access),
                access,
                ct
            )
        );
        // OpenID Connect Core §5.3.2: of somebody else it is not used.
        if (Find(told.RootElement, "sub") != Find(said, "sub"))
            throw new LibraryRefusedException("another person");
        visit.IdToken = idToken;
        visit.Reader = new(
            Text(said, "sub"),
            Find(told.RootElement, "name"),
            Find(told.RootElement, "birthdate"),
            Find(told.RootElement, "email"),
            Text(said, "acr")
        );
    }

    /// <summary>Where the browser goes to sign out there too (RP-Initiated Logout §2).</summary>
    public async Task<string> LogoutAsync(LibraryVisit visit, CancellationToken ct)
    {
        var back = address.Own + SandboxAddress.Root + LibraryListing.Bye;
        var end = Text(await DiscoverAsync(ct), "end_session_endpoint");
        return $"{end}?id_token_hint={visit.IdToken}&post_logout_redirect_uri={Uri.EscapeDataString(back)}&state={visit.State}";
    }

    /// <summary>OpenID Connect Core §3.1.3.7, in its order as far as it applies.</summary>
    private async Task<JsonElement> VerifyAsync(
        string idToken,
        string access,
        LibraryVisit visit,
        string issuer,
        CancellationToken ct
    )
    {
        try
        {
            var kid = Find(Jws.PeekHeader(idToken), "kid");
            var known = await portal.KnowAsync(kid, ct);
            var verified = Jws.Verify(idToken, known.Keys, JoseNames.SignatureAlgs);
            var said = JsonSerializer.Deserialize<JsonElement>(verified.Payload);
            var now = clock.GetUtcNow();
            var ends = DateTimeOffset.FromUnixTimeSeconds(said.GetProperty("exp").GetInt64());
            var half = SHA256.HashData(Encoding.ASCII.GetBytes(access)).AsSpan(0, 16);
            var holds =
                Find(said, "iss") == issuer
                && Find(said, "aud") == LibraryListing.Id
                && Find(said, "nonce") == visit.Nonce
                && Find(said, "at_hash") == Base64UrlText.Encode(half)
                && now - Skew < ends;
            return holds ? said : throw new LibraryRefusedException("id token");
        }
        catch (EncryptionException wrong)
        {
            throw new LibraryRefusedException(wrong.Code);
        }
    }

    private async Task<JsonDocument> PostAsync(
        LibraryVisit visit,
        JsonElement server,
        string endpoint,
        IReadOnlyList<KeyValuePair<string, string>> fields,
        CancellationToken ct
    )
    {
        var body = await SendAsync(
            visit,
            new Uri(Text(server, endpoint)),
            url => new HttpRequestMessage(HttpMethod.Post, url)
            {
                // Anew each time: an assertion is good for one request.
                Content = new FormUrlEncodedContent([
                    .. fields,
                    new("client_id", LibraryListing.Id),
                    new("client_assertion_type", ClientProofs.AssertionType),
                    new(
                        "client_assertion",
                        ClientProofs.Assertion(
                            keys.Client,
                            LibraryListing.Id,
                            Text(server, "issuer"),
                            clock.GetUtcNow()
                        )
                    ),
                ]),
            },
            null,
            ct
        );
        return JsonDocument.Parse(body);
    }

    private static HttpRequestMessage WithToken(Uri url, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", token);
        return request;
    }

    /// <summary>Sends, and once more with the nonce that the portal asks for (RFC 9449 §8).</summary>
    private async Task<byte[]> SendAsync(
        LibraryVisit visit,
        Uri url,
        Func<Uri, HttpRequestMessage> make,
        string? token,
        CancellationToken ct
    )
    {
        using var client = clients.CreateClient(PortalClient.HttpName);
        for (var tries = 1; ; tries++)
        {
            using var request = make(url);
            var nonce = Volatile.Read(ref _nonce);
            request.Headers.Add(
                "DPoP",
                ClientProofs.Dpop(visit.ProofKey, request.Method, url, nonce, token, clock.GetUtcNow())
            );
            using var answer = await client.SendAsync(request, ct);
            var body = await answer.Content.ReadAsByteArrayAsync(ct);
            if (answer.Headers.TryGetValues("DPoP-Nonce", out var next))
                Volatile.Write(ref _nonce, next.First());
            if (answer.IsSuccessStatusCode)
                return body;
            var code = CodeOf(body);
            if (code != "dpop.nonce" || tries > 1)
                throw new LibraryRefusedException(code);
        }
    }

    private async Task<JsonElement> DiscoverAsync(CancellationToken ct)
    {
        using var client = clients.CreateClient(PortalClient.HttpName);
        var url = new Uri($"{address.Portal}/.well-known/openid-configuration");
        using var json = JsonDocument.Parse(await client.GetByteArrayAsync(url, ct));
        return json.RootElement.Clone();
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static string? Find(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string CodeOf(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return Find(json.RootElement, "code") ?? "no answer";
        }
        catch (JsonException)
        {
            return "no answer";
        }
    }
}
