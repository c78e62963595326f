using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using MyData.Core.Encryption;

namespace MyData.Tests.SignIn;

/// <summary>What a dishonest or broken provider does; every switch off is an honest one.</summary>
public sealed record ProviderFaults
{
    public Action<Dictionary<string, object?>>? Claims { get; init; }
    public Func<string, string>? Token { get; init; }
    public string? Issuer { get; init; }

    /// <summary>Leaves its name out of the answer.</summary>
    public bool Nameless { get; init; }

    /// <summary>Sends whoever redeems a code, or asks who she is, elsewhere on this very server.</summary>
    public bool Redirects { get; init; }
    public string? Error { get; init; }
    public int? TokenStatus { get; init; }
    public Action<Dictionary<string, object?>>? UserInfo { get; init; }

    /// <summary>What its metadata says; read once by the portal.</summary>
    public Action<Dictionary<string, object?>>? Metadata { get; init; }
}

/// <summary>An OpenID provider over HTTP: whoever is named by <see cref="Person"/> signs in at once.</summary>
public sealed class FakeProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Jwk _key = Jwk.GenerateEc("fake-1", "sig");
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _codes = new();

    private readonly TimeProvider _time;
    private int _followed;

    private FakeProvider(TimeProvider time)
    {
        _time = time;
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", Discover);
        _app.MapGet("/jwks", () => Results.Text($"{{\"keys\":[{_key.PublicOnly().ToJson()}]}}", "application/json"));
        _app.MapGet("/authorize", Authorize);
        _app.MapPost("/token", (Delegate)TokenAsync);
        _app.MapGet("/userinfo", UserInfo);
        _app.Map("/elsewhere", () => Interlocked.Increment(ref _followed));
    }

    public static async Task<FakeProvider> StartAsync(TimeProvider time)
    {
        var provider = new FakeProvider(time);
        await provider._app.StartAsync();
        return provider;
    }

    public string Issuer => _app.Urls.First();
    public Person Person { get; set; } = Person.Alice;
    public string Acr { get; set; } = "LoA2";
    public ProviderFaults Faults { get; set; } = new();

    /// <summary>What its metadata says of <c>iss</c> in answers (RFC 9207 §3); read once by the portal.</summary>
    public bool NamesItself { get; set; } = true;

    /// <summary>Requests that followed a redirect.</summary>
    public int Followed => _followed;

    /// <summary>What the portal asked of /authorize, oldest first.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Asked { get; } = new();

    public ConcurrentQueue<Dictionary<string, string>> Redeemed { get; } = new();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Discover()
    {
        var metadata = new Dictionary<string, object?>
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = $"{Issuer}/authorize",
            ["token_endpoint"] = $"{Issuer}/token",
            ["userinfo_endpoint"] = $"{Issuer}/userinfo",
            ["jwks_uri"] = $"{Issuer}/jwks",
            ["authorization_response_iss_parameter_supported"] = NamesItself,
        };
        Faults.Metadata?.Invoke(metadata);
        return Results.Json(metadata);
    }

    private IResult Authorize(HttpContext context)
    {
        var asked = context.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        Asked.Enqueue(asked);
        var answer = new Dictionary<string, string?> { ["state"] = asked["state"], ["iss"] = Faults.Issuer ?? Issuer };
        if (Faults.Nameless)
            answer.Remove("iss");
        if (Faults.Error is { } error)
            answer["error"] = error;
        else
        {
            var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            _codes[code] = asked;
            answer["code"] = code;
        }
        return Results.Redirect(QueryHelpers.AddQueryString(asked["redirect_uri"], answer));
    }

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        Redeemed.Enqueue(form.ToDictionary(f => f.Key, f => f.Value.ToString()));
        if (Faults.Redirects)
            return Results.Redirect("/elsewhere", preserveMethod: true);
        if (Faults.TokenStatus is { } status)
            return Results.StatusCode(status);
        if (!_codes.TryRemove(form["code"].ToString(), out var asked))
            return Results.BadRequest();
        var verifier = SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()));
        if (WebEncoders.Base64UrlEncode(verifier) != asked["code_challenge"])
            return Results.BadRequest();
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = Issuer,
            ["sub"] = Person.Name,
            ["aud"] = asked["client_id"],
            ["iat"] = now,
            ["exp"] = now + 60,
            ["auth_time"] = now,
            ["nonce"] = asked["nonce"],
            ["acr"] = Acr,
        };
        Faults.Claims?.Invoke(claims);
        var token = Jws.Sign(_key, "ES256", JsonSerializer.SerializeToUtf8Bytes(claims), "JWT");
        token = Faults.Token?.Invoke(token) ?? token;
        return Results.Json(
            new
            {
                access_token = "fake",
                token_type = "Bearer",
                id_token = token,
            }
        );
    }

    private IResult UserInfo()
    {
        var user = new Dictionary<string, object?>
        {
            ["sub"] = Person.Name,
            ["uid"] = Person.Id,
            ["name"] = Person.Name,
            ["birthdate"] = Person.Birthdate,
            ["gender"] = Person.Gender,
        };
        Faults.UserInfo?.Invoke(user);
        return Results.Json(user);
    }
}
