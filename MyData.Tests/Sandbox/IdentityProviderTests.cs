using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

public sealed partial class IdentityProviderTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private const string Verifier = "a-verifier-of-at-least-forty-three-characters-1234";

    private readonly Dictionary<string, string?> _request = new()
    {
        ["client_id"] = "mydata-portal",
        ["redirect_uri"] = $"{sandbox.Issuer.Origin}/signin/oidc/callback",
        ["response_type"] = "code",
        ["scope"] = "openid profile",
        ["state"] = "the-state",
        ["nonce"] = "the-nonce-of-it",
        ["code_challenge"] = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
        ["code_challenge_method"] = "S256",
    };

    private string Idp => $"{sandbox.Http.BaseAddress}sandbox/idp";

    [Fact]
    public async Task Discovery_Always_NamesItsOwnAddresses()
    {
        using var discovery = JsonDocument.Parse(
            await sandbox.Http.GetStringAsync($"{Idp}/.well-known/openid-configuration")
        );
        Assert.Equal(Idp, discovery.RootElement.GetProperty("issuer").GetString());
        var keys = JwkSet.Parse(
            await sandbox.Http.GetStringAsync(discovery.RootElement.GetProperty("jwks_uri").GetString())
        );
        Assert.False(Assert.Single(keys).IsPrivate);
    }

    [Theory]
    [InlineData("LoA2", "pwd")]
    [InlineData("LoA1", "otp")]
    public async Task CodeFlow_PersonaChosen_GivesAnIdTokenOfHer(string acr, string method)
    {
        var answer = await ChooseAsync("yang", acr);
        Assert.Equal(("the-state", Idp), (answer["state"].ToString(), answer["iss"].ToString()));
        using var response = await RedeemAsync(answer["code"].ToString());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        using var tokens = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var keys = JwkSet.Parse(await sandbox.Http.GetStringAsync($"{Idp}/jwks.json"));
        var payload = Jws.Verify(
            tokens.RootElement.GetProperty("id_token").GetString()!,
            keys,
            JoseNames.SignatureAlgs
        ).Payload;
        using var claims = JsonDocument.Parse(payload);
        string Claim(string name) => claims.RootElement.GetProperty(name).GetString()!;
        var persona = SandboxPersonas.Find("yang")!;
        Assert.Equal((Idp, "mydata-portal", "the-nonce-of-it"), (Claim("iss"), Claim("aud"), Claim("nonce")));
        Assert.Equal(
            (persona.Id.Value, persona.Name, "1985-06-06", acr),
            (Claim("uid"), Claim("name"), Claim("birthdate"), Claim("acr"))
        );
        Assert.Contains(claims.RootElement.GetProperty("amr").EnumerateArray(), m => m.GetString() == method);
        Assert.Equal(
            sandbox.Time.GetUtcNow().ToUnixTimeSeconds(),
            claims.RootElement.GetProperty("auth_time").GetInt64()
        );
        Assert.DoesNotContain(persona.Id.Value, Claim("sub"));
    }

    [Fact]
    public async Task Authorize_OtherNameOfThisMachine_IsTheSamePortal()
    {
        _request["redirect_uri"] = _request["redirect_uri"]!.Replace("127.0.0.1", "localhost");
        using var response = await sandbox.Http.GetAsync(Authorize());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("client_id", "somebody", "unauthorized_client")]
    [InlineData("redirect_uri", "https://evil.example/signin/oidc/callback", "invalid_redirect_uri")]
    [InlineData("redirect_uri", "", "invalid_redirect_uri")]
    public async Task Authorize_WrongClientOrRedirect_SendsNobodyAnywhere(string name, string value, string error)
    {
        _request[name] = value;
        using var response = await sandbox.Http.GetAsync(Authorize());
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
        Assert.Contains(error, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "unsupported_response_type")]
    [InlineData("scope", "profile", "invalid_scope")]
    [InlineData("code_challenge", "", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("nonce", "", "invalid_request")]
    [InlineData("prompt", "none", "login_required")]
    public async Task Authorize_WrongRequest_TellsTheClient(string name, string value, string error)
    {
        _request[name] = value;
        using var response = await sandbox.Http.GetAsync(Authorize());
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var query = QueryHelpers.ParseQuery(response.Headers.Location!.Query);
        Assert.Equal(
            (error, "the-state", Idp),
            (query["error"].ToString(), query["state"].ToString(), query["iss"].ToString())
        );
    }

    [Fact]
    public async Task Authorize_ParameterTwice_TellsTheClient()
    {
        using var response = await sandbox.Http.GetAsync(Authorize() + "&nonce=another-nonce");
        Assert.Contains("error=invalid_request", response.Headers.Location!.Query);
    }

    [Fact]
    public async Task Authorize_Page_MayPostBackToTheClientsOriginOnly()
    {
        using var response = await sandbox.Http.GetAsync(Authorize());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.EndsWith($"form-action 'self' {sandbox.Issuer.Origin}", policy);
    }

    [Fact]
    public async Task Choose_Cancelled_IsToldAsDenied()
    {
        var answer = await ChooseAsync("lin", "LoA2", "cancel");
        Assert.Equal("access_denied", answer["error"].ToString());
        Assert.False(answer.ContainsKey("code"));
    }

    [Fact]
    public async Task Choose_WithoutTheFormsToken_IsRefused()
    {
        using var form = new FormUrlEncodedContent([new("persona", "lin"), new("decision", "agree")]);
        using var response = await sandbox.Http.PostAsync(Authorize(), form);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Token_CodeUsedTwice_IsRefused()
    {
        var code = (await ChooseAsync("lin"))["code"].ToString();
        using var first = await RedeemAsync(code);
        using var second = await RedeemAsync(code);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await IsErrorAsync(second, HttpStatusCode.BadRequest, "invalid_grant");
    }

    [Theory]
    [InlineData("code_verifier", "another-verifier-of-at-least-forty-three-chars", "invalid_grant")]
    [InlineData("redirect_uri", "https://evil.example/", "invalid_grant")]
    [InlineData("grant_type", "password", "unsupported_grant_type")]
    [InlineData("code", "made-up", "invalid_grant")]
    public async Task Token_SomethingWrong_IsRefused(string name, string value, string error)
    {
        var code = (await ChooseAsync("lin"))["code"].ToString();
        using var response = await RedeemAsync(code, (name, value));
        await IsErrorAsync(response, HttpStatusCode.BadRequest, error);
    }

    [Fact]
    public async Task Token_CodeOlderThanAMinute_IsRefused()
    {
        var code = (await ChooseAsync("lin"))["code"].ToString();
        sandbox.Time.Advance(TimeSpan.FromSeconds(61));
        using var response = await RedeemAsync(code);
        await IsErrorAsync(response, HttpStatusCode.BadRequest, "invalid_grant");
    }

    [Fact]
    public async Task Token_WrongSecret_IsAnInvalidClientAndKeepsTheCode()
    {
        var code = (await ChooseAsync("lin"))["code"].ToString();
        using var refused = await RedeemAsync(code, ("client_secret", "wrong"));
        await IsErrorAsync(refused, HttpStatusCode.Unauthorized, "invalid_client");
        using var right = await RedeemAsync(code);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task Token_AssertionByThePortalsKey_IsTaken()
    {
        var code = (await ChooseAsync("lin"))["code"].ToString();
        var now = sandbox.Time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = "mydata-portal",
            ["sub"] = "mydata-portal",
            ["aud"] = Idp,
            ["exp"] = now + 60,
            ["jti"] = "one",
        };
        var assertion = Jws.Sign(sandbox.Issuer.Key, "ES256", JsonSerializer.SerializeToUtf8Bytes(claims));
        using var response = await RedeemAsync(
            code,
            ("client_secret", ""),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion)
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private string Authorize() =>
        QueryHelpers.AddQueryString($"{Idp}/authorize", _request.Where(p => p.Value is { Length: > 0 }));

    /// <summary>What the browser does: reads the page, chooses, and is sent back.</summary>
    private async Task<Dictionary<string, Microsoft.Extensions.Primitives.StringValues>> ChooseAsync(
        string persona,
        string acr = "LoA2",
        string decision = "agree"
    )
    {
        using var page = await sandbox.Http.GetAsync(Authorize());
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var html = await page.Content.ReadAsStringAsync();
        var action = WebUtility.HtmlDecode(Action().Match(html).Groups[1].Value);
        var token = Token().Match(html);
        using var post = new HttpRequestMessage(HttpMethod.Post, action);
        post.Headers.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
        post.Content = new FormUrlEncodedContent([
            new(token.Groups[1].Value, token.Groups[2].Value),
            new("persona", persona),
            new("acr", acr),
            new("decision", decision),
        ]);
        using var response = await sandbox.Http.SendAsync(post);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.StartsWith(_request["redirect_uri"]!, response.Headers.Location!.ToString());
        return QueryHelpers.ParseQuery(response.Headers.Location.Query);
    }

    private Task<HttpResponseMessage> RedeemAsync(string code, params (string Name, string Value)[] changes)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = _request["redirect_uri"]!,
            ["code_verifier"] = Verifier,
            ["client_id"] = "mydata-portal",
            ["client_secret"] = sandbox.Keys.ClientSecret,
        };
        foreach (var (name, value) in changes)
            form[name] = value;
        return sandbox.Http.PostAsync($"{Idp}/token", new FormUrlEncodedContent(form));
    }

    private static async Task IsErrorAsync(HttpResponseMessage response, HttpStatusCode status, string error)
    {
        Assert.Equal(status, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(error, json.RootElement.GetProperty("error").GetString());
    }

    [GeneratedRegex("""<form method="post" action="([^"]+)">""")]
    private static partial Regex Action();

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]+)""")]
    private static partial Regex Token();
}
