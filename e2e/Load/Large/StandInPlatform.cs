using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyData.Core.Consent;
using MyData.Core.Encryption;
using MyData.Load.Flows;

namespace MyData.Load.Large;

/// <summary>
/// What the agency must find behind a token, and nothing else of a platform: so that a package can be fetched from the
/// agency directly, with the same checks and the same building as through the platform.
/// </summary>
public sealed class StandInPlatform : IAsyncDisposable
{
    private const string Subject = "load";
    private const string ClientId = "sandbox-dla";
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(10);

    private readonly WebApplication _app;
    private readonly Jwk _signing = Jwk.GenerateEc(use: "sig");
    private readonly Jwk _bound = Jwk.GenerateEc(use: "sig");
    private readonly Person _person;
    private readonly ConcurrentDictionary<string, string> _transfers = [];

    private StandInPlatform(Person person)
    {
        _person = person;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(Discovery()));
        _app.MapGet("/jwks", () => Results.Text(JwkSet.ToPublicJson([_signing]), "application/jwk-set+json"));
        _app.MapPost(
            "/introspect",
            async (HttpRequest request) => Results.Json(Facts(await TokenOfAsync(request, "token")))
        );
        _app.MapPost("/userinfo", () => Results.Json(new { sub = Subject, uid = _person.Id }));
    }

    public Uri Origin =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<StandInPlatform> StartAsync(Person person, CancellationToken token)
    {
        var platform = new StandInPlatform(person);
        await platform._app.StartAsync(token);
        return platform;
    }

    /// <summary>The request of one transfer (protocols.md A2), sealed for <paramref name="recipient"/>.</summary>
    public HttpRequestMessage Ask(Uri endpoint, string dataSet, IReadOnlyList<string> fields, BrowserKey recipient)
    {
        var (token, transfer) = (
            Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32)),
            Core.Data.Ids.New().ToString()
        );
        _transfers[token] = transfer;
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.TryAddWithoutValidation("Authorization", $"DPoP {token}");
        request.Headers.Add("DPoP", Proof(endpoint, token));
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                transfer_id = transfer,
                dataset = dataSet,
                schema_version = 1,
                fields,
                parameters = new { },
                recipients = new[]
                {
                    new
                    {
                        role = "citizen",
                        kid = recipient.Key.Thumbprint(),
                        jwk = JsonSerializer.Deserialize<JsonElement>(recipient.Key.PublicOnly().ToJson()),
                    },
                },
                consent_receipt = Jws.Sign(_signing, JoseNames.Es256, "{}"u8, ReceiptCheck.Type),
            }
        );
        request.Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } };
        return request;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private object Discovery() =>
        new
        {
            issuer = Issuer,
            jwks_uri = $"{Issuer}/jwks",
            introspection_endpoint = $"{Issuer}/introspect",
            userinfo_endpoint = $"{Issuer}/userinfo",
        };

    private object Facts(string token) =>
        new
        {
            active = true,
            sub = Subject,
            aud = ClientId,
            iss = Issuer,
            exp = (TimeProvider.System.GetUtcNow() + TokenLife).ToUnixTimeSeconds(),
            acr = "LoA2",
            cnf = new { jkt = _bound.Thumbprint() },
            transfer_id = _transfers[token],
        };

    private string Issuer => Origin.GetLeftPart(UriPartial.Authority);

    /// <summary>RFC 9449 §4.2.</summary>
    private string Proof(Uri endpoint, string token)
    {
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                jti = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16)),
                htm = "POST",
                htu = endpoint.GetLeftPart(UriPartial.Path),
                iat = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
                ath = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token))),
            }
        );
        var key = JsonSerializer.Deserialize<JsonElement>(_bound.PublicOnly().ToJson());
        return Jws.Sign(_bound, JoseNames.Es256, claims, "dpop+jwt", new Dictionary<string, object?> { ["jwk"] = key });
    }

    private static async Task<string> TokenOfAsync(HttpRequest request, string field) =>
        (await request.ReadFormAsync())[field].ToString();
}
