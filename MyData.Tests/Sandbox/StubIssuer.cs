using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Encryption;

namespace MyData.Tests.Sandbox;

/// <summary>
/// Plays the portal towards the sandbox's agencies: discovery, keys, introspection, user info, as the contract says, and strict
/// about who calls.
/// </summary>
public sealed class StubIssuer : IAsyncDisposable
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (JsonObject Token, JsonObject User)> _tokens = new();
    private readonly ConcurrentDictionary<string, bool> _usedAssertions = new();

    private StubIssuer(WebApplication app) => _app = app;

    public string Origin => _app.Urls.First();
    public Jwk Key { get; private set; } = Jwk.GenerateEc("portal-1", "sig");
    public IReadOnlyList<ProviderListing> Listings { get; set; } = [];
    public int KeyCalls { get; private set; }

    /// <summary>Changes what introspection tells, before it is sent.</summary>
    public Action<JsonObject>? Tamper { get; set; }

    public static async Task<StubIssuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new StubIssuer(app);
        app.Run(issuer.AnswerAsync);
        await app.StartAsync();
        return issuer;
    }

    public void RollOver() => Key = Jwk.GenerateEc("portal-2", "sig");

    public void Give(string token, JsonObject facts, JsonObject user) => _tokens[token] = (facts, user);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http) =>
        http.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => http.Response.WriteAsync(
                $$"""
                {"issuer":"{{Origin}}","jwks_uri":"{{Origin}}/.well-known/jwks.json",
                 "introspection_endpoint":"{{Origin}}/connect/introspect","userinfo_endpoint":"{{Origin}}/connect/userinfo"}
                """
            ),
            "/.well-known/jwks.json" => KeysAsync(http),
            "/connect/introspect" => IntrospectAsync(http),
            "/connect/userinfo" => UserInfoAsync(http),
            _ => RefuseAsync(http, 404),
        };

    private Task KeysAsync(HttpContext http)
    {
        KeyCalls++;
        return http.Response.WriteAsync(JwkSet.ToPublicJson([Key]));
    }

    private async Task IntrospectAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        if (!IsBasic(http.Request) && !Asserts(form))
            await RefuseAsync(http, 401);
        else if (_tokens.TryGetValue(form["token"].ToString(), out var found))
            await WriteAsync(http, found.Token, Tamper);
        else
            await http.Response.WriteAsync("""{"active":false}""");
    }

    private async Task UserInfoAsync(HttpContext http)
    {
        string token;
        if (http.Request.Headers.Authorization.ToString() is { Length: > 0 } header)
        {
            token = header["Bearer ".Length..];
        }
        else
        {
            var form = await http.Request.ReadFormAsync();
            token = Asserts(form) ? form["access_token"].ToString() : "";
        }
        if (_tokens.TryGetValue(token, out var found))
            await WriteAsync(http, found.User, null);
        else
            await RefuseAsync(http, 401);
    }

    private bool Asserts(IFormCollection form)
    {
        var provider = Listings.FirstOrDefault(p => p.ClientId == form["client_id"]);
        if (provider is null || form["client_assertion_type"] != AssertionType)
            return false;
        var keys = provider.ClientKeys.Select(Jwk.Parse).ToList();
        var payload = Jws.Verify(form["client_assertion"].ToString(), keys, JoseNames.SignatureAlgs).Payload;
        using var claims = JsonDocument.Parse(payload);
        var root = claims.RootElement;
        return root.GetProperty("aud").GetString() == Origin
            && root.GetProperty("iss").GetString() == provider.ClientId
            && root.GetProperty("sub").GetString() == provider.ClientId
            && root.GetProperty("exp").GetInt64() - root.GetProperty("iat").GetInt64() <= 60
            && _usedAssertions.TryAdd(root.GetProperty("jti").GetString()!, true);
    }

    private bool IsBasic(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal))
            return false;
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header[6..])).Split(':');
        return Listings.Any(p => p.ResourceSecret == pair[1] && p.DataSets.Any(d => d.Id == pair[0]));
    }

    private static Task WriteAsync(HttpContext http, JsonObject json, Action<JsonObject>? tamper)
    {
        var copy = (JsonObject)json.DeepClone();
        tamper?.Invoke(copy);
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(copy.ToJsonString());
    }

    private static Task RefuseAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
