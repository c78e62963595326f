using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Web.Sandbox.Relying;

/// <summary>The portal said no.</summary>
public sealed class RelyingRefusedException(string code) : Exception(code)
{
    public string Code { get; } = code;
}

/// <summary>
/// How a service talks to the portal, all over HTTP: pushed requests, the code for a token, packages, receipts; its client assertion
/// (RFC 7523) and a DPoP proof (RFC 9449) with each.
/// </summary>
public sealed class RelyingClient(IHttpClientFactory clients, SandboxAddress address, TimeProvider clock)
{
    private const int MostWaits = 30;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private string? _nonce;

    /// <summary>Where the browser goes to (RFC 9126 §4).</summary>
    public async Task<string> PushAsync(RelyingApplication application, CancellationToken ct)
    {
        var portal = await DiscoverAsync(ct);
        var details = new object[]
        {
            new
            {
                type = "mydata",
                datasets = application.Product.Asks.Select(one => new
                {
                    id = one.DataSet,
                    fields = one.Fields,
                    parameters = one.Parameters ?? new Dictionary<string, string>(),
                }),
                purpose = application.Product.PurposeCode,
                retention = System.Xml.XmlConvert.ToString(application.Party.Retention),
                use = application.Product.Use,
                recipient_key = application.Party.Recipient.Kid,
            },
        };
        using var answer = await PostAsync(
            application,
            portal,
            "pushed_authorization_request_endpoint",
            [
                new("response_type", "code"),
                new("redirect_uri", CallbackOf(application)),
                new("state", application.State),
                new("code_challenge", application.Challenge),
                new("code_challenge_method", "S256"),
                new("authorization_details", JsonSerializer.Serialize(details)),
            ],
            ct
        );
        var uri = answer.RootElement.GetProperty("request_uri").GetString()!;
        return $"{Text(portal, "authorization_endpoint")}?client_id={application.Product.Id}&request_uri={Uri.EscapeDataString(uri)}";
    }

    /// <summary>The answer is the portal's (RFC 9207 §2.4).</summary>
    public async Task<bool> IsFromPortalAsync(string? issuer, CancellationToken ct) =>
        issuer == Text(await DiscoverAsync(ct), "issuer");

    /// <summary>The code for a token, then each package: fetched, opened, checked, signed for.</summary>
    public async Task<IReadOnlyList<ReceivedPackage>> ReceiveAsync(
        RelyingApplication application,
        string code,
        CancellationToken ct
    )
    {
        var portal = await DiscoverAsync(ct);
        using var granted = await PostAsync(
            application,
            portal,
            "token_endpoint",
            [
                new("grant_type", "authorization_code"),
                new("code", code),
                new("redirect_uri", CallbackOf(application)),
                new("code_verifier", application.Verifier),
            ],
            ct
        );
        application.Standing = StandingOf(granted.RootElement);
        return await FetchAsync(application, portal, granted.RootElement, ct);
    }

    /// <summary>By itself, under a standing consent: the refresh token for a new fetch, which waits for the agencies.</summary>
    public async Task<IReadOnlyList<ReceivedPackage>> FetchAgainAsync(
        RelyingApplication application,
        RelyingStanding standing,
        CancellationToken ct
    )
    {
        var portal = await DiscoverAsync(ct);
        using var granted = await PostAsync(
            application,
            portal,
            "token_endpoint",
            [new("grant_type", "refresh_token"), new("refresh_token", standing.Refresh)],
            ct
        );
        // Before all else: the one before is not good any more.
        standing.Refresh = granted.RootElement.GetProperty("refresh_token").GetString()!;
        standing.Fetches++;
        return await FetchAsync(application, portal, granted.RootElement, ct);
    }

    private static RelyingStanding? StandingOf(JsonElement granted)
    {
        if (!granted.TryGetProperty("refresh_token", out var refresh))
            return null;
        var detail = granted.GetProperty("authorization_details")[0];
        var use = detail.GetProperty("use");
        return new()
        {
            Refresh = refresh.GetString()!,
            Consent = detail.GetProperty("consent_id").GetString()!,
            Until = use.GetProperty("until").GetDateTimeOffset(),
        };
    }

    /// <summary>Each package: fetched, opened, checked, signed for.</summary>
    private async Task<IReadOnlyList<ReceivedPackage>> FetchAsync(
        RelyingApplication application,
        JsonElement portal,
        JsonElement granted,
        CancellationToken ct
    )
    {
        var token = granted.GetProperty("access_token").GetString()!;
        var sets = granted.GetProperty("authorization_details")[0].GetProperty("datasets");
        var received = new List<ReceivedPackage>();
        foreach (var set in sets.EnumerateArray())
        {
            var transfer = set.GetProperty("transfer_id").GetString()!;
            var url = $"{Text(portal, "issuer")}/api/v1/transfers/{transfer}";
            var sealedBytes = await SendAsync(application, HttpMethod.Get, $"{url}/package", token, null, ct);
            // The agency holds nothing.
            if (sealedBytes.Length == 0)
                continue;
            var opened = SealedPackage.Open(sealedBytes, application.Party.Recipient);
            received.Add(
                await new RelyingReading(clients, address).ReadAsync(opened, set.GetProperty("id").GetString()!, ct)
            );
            var receipt = Receipt(application, Text(portal, "issuer"), transfer, opened.Digest);
            await SendAsync(application, HttpMethod.Post, $"{url}/receipt", token, receipt, ct);
        }
        return received;
    }

    private string Receipt(RelyingApplication application, string issuer, string transfer, SealDigest seal)
    {
        var now = clock.GetUtcNow();
        return Jws.Sign(
            application.Party.Client,
            JoseNames.Es256,
            JsonSerializer.SerializeToUtf8Bytes(
                new Dictionary<string, object>
                {
                    ["iss"] = application.Product.Id,
                    ["aud"] = issuer,
                    ["iat"] = now.ToUnixTimeSeconds(),
                    ["transfer"] = transfer,
                    ["seal"] = seal.Hex,
                    ["delete_by"] = (now + application.Party.Retention).ToUnixTimeSeconds(),
                }
            ),
            "mydata-delivery-receipt+jwt"
        );
    }

    private async Task<JsonDocument> PostAsync(
        RelyingApplication application,
        JsonElement portal,
        string endpoint,
        IReadOnlyList<KeyValuePair<string, string>> fields,
        CancellationToken ct
    )
    {
        var body = await SendAsync(
            application,
            new Uri(Text(portal, endpoint)),
            url => new HttpRequestMessage(HttpMethod.Post, url)
            {
                // Anew each time: an assertion is good for one request.
                Content = new FormUrlEncodedContent([
                    .. fields,
                    new("client_id", application.Product.Id),
                    new("client_assertion_type", ClientProofs.AssertionType),
                    new(
                        "client_assertion",
                        ClientProofs.Assertion(
                            application.Party.Client,
                            application.Product.Id,
                            Text(portal, "issuer"),
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

    private Task<byte[]> SendAsync(
        RelyingApplication application,
        HttpMethod method,
        string url,
        string token,
        string? receipt,
        CancellationToken ct
    ) =>
        SendAsync(
            application,
            new Uri(url),
            target =>
            {
                var request = new HttpRequestMessage(method, target);
                request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", token);
                if (receipt is not null)
                    request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(receipt))
                    {
                        Headers = { ContentType = new MediaTypeHeaderValue("application/jose") },
                    };
                return request;
            },
            token,
            ct
        );

    /// <summary>Sends, and once more with the nonce that the portal asks for (RFC 9449 §8), or when what it prepares is to be ready.</summary>
    private async Task<byte[]> SendAsync(
        RelyingApplication application,
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
                ClientProofs.Dpop(application.ProofKey, request.Method, url, nonce, token, clock.GetUtcNow())
            );
            using var answer = await client.SendAsync(request, ct);
            var body = await answer.Content.ReadAsByteArrayAsync(ct);
            if (answer.Headers.TryGetValues("DPoP-Nonce", out var next))
                Volatile.Write(ref _nonce, next.First());
            if (answer.StatusCode == HttpStatusCode.Accepted && tries <= MostWaits)
            {
                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? ShortestWait, clock, ct);
                continue;
            }
            if (answer.IsSuccessStatusCode)
                return answer.StatusCode == HttpStatusCode.Accepted
                    ? throw new RelyingRefusedException("not ready")
                    : body;
            var code = CodeOf(body);
            if (code != "dpop.nonce" || tries > 1)
                throw new RelyingRefusedException(code);
        }
    }

    private string CallbackOf(RelyingApplication application) =>
        address.Own + application.Party.Page(RelyingParty.Callback);

    private async Task<JsonElement> DiscoverAsync(CancellationToken ct)
    {
        using var client = clients.CreateClient(PortalClient.HttpName);
        var url = new Uri($"{address.Portal}/.well-known/oauth-authorization-server");
        using var json = JsonDocument.Parse(await client.GetByteArrayAsync(url, ct));
        return json.RootElement.Clone();
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static string CodeOf(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("code").GetString() ?? "";
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "no answer";
        }
    }
}
