using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MyData.Web.Features.SignIn;

/// <summary>
/// OpenID Connect code flow on the framework's OAuth handler: PKCE S256, state, nonce, issuer in the answer (RFC 9207),
/// discovery when the first sign-in begins.
/// </summary>
public sealed class UpstreamLoginHandler(
    IOptionsMonitor<UpstreamLoginOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ClientAssertion assertion
) : OAuthHandler<UpstreamLoginOptions>(options, logger, encoder)
{
    public const string SchemeName = "oidc";

    /// <summary>The property that carries the nonce; the caller sets it, and the time in <c>IssuedUtc</c>.</summary>
    public const string Nonce = "nonce";

    /// <summary>The claim with the level that the provider vouches for.</summary>
    public const string Acr = "acr";

    private OpenIdConnectConfiguration? _provider;

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        _provider = await DiscoverAsync();
        await base.HandleChallengeAsync(properties);
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        var verifier = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        properties.Items[OAuthConstants.CodeVerifierKey] = verifier;
        var challenge = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier));
        return QueryHelpers.AddQueryString(
            _provider!.AuthorizationEndpoint,
            new Dictionary<string, string?>
            {
                ["response_type"] = "code",
                ["client_id"] = Options.ClientId,
                ["redirect_uri"] = Redirect(),
                ["scope"] = FormatScope(),
                ["state"] = Options.StateDataFormat.Protect(properties),
                ["nonce"] = properties.Items[Nonce],
                // She proves it now, whatever session she has there; max_age makes it say when (OpenID Connect Core 1.0 §3.1.2.1).
                ["prompt"] = "login",
                ["max_age"] = "0",
                [OAuthConstants.CodeChallengeKey] = WebEncoders.Base64UrlEncode(challenge),
                [OAuthConstants.CodeChallengeMethodKey] = OAuthConstants.CodeChallengeMethodS256,
            }
        );
    }

    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        try
        {
            _provider = await DiscoverAsync();
        }
        catch (InvalidOperationException failure)
        {
            return HandleRequestResult.Fail(failure);
        }
        // RFC 9207 §2.4: a provider that says it names itself in every answer has not sent one without its name.
        var issuer = Request.Query["iss"].ToString();
        if (issuer.Length == 0 && _provider.AuthorizationResponseIssParameterSupported)
            return HandleRequestResult.Fail("The answer does not say of which issuer it is.");
        if (issuer.Length > 0 && issuer != _provider.Issuer)
            return HandleRequestResult.Fail("The answer is of another issuer.");
        return await base.HandleRemoteAuthenticateAsync();
    }

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        if (!await Options.IsAwaited(Context, context.Properties))
            return OAuthTokenResponse.Failed(new AnswerNotAwaitedException());
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = context.Code,
            ["redirect_uri"] = Redirect(),
            ["client_id"] = Options.ClientId,
            [OAuthConstants.CodeVerifierKey] = context.Properties.Items[OAuthConstants.CodeVerifierKey]!,
            ["client_assertion_type"] = ClientAssertion.Type,
            ["client_assertion"] = assertion.For(_provider!.Issuer),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, _provider.TokenEndpoint);
        request.Content = new FormUrlEncodedContent(form);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await Backchannel.SendAsync(request, Context.RequestAborted);
        if (!response.IsSuccessStatusCode)
            return OAuthTokenResponse.Failed(new InvalidOperationException($"Token endpoint: {response.StatusCode}."));
        var body = await response.Content.ReadAsStringAsync(Context.RequestAborted);
        return OAuthTokenResponse.Success(JsonDocument.Parse(body));
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(
        ClaimsIdentity identity,
        AuthenticationProperties properties,
        OAuthTokenResponse tokens
    )
    {
        var token = await ValidateAsync(tokens, properties);
        identity.AddClaims(token.Claims);
        if (!identity.HasClaim(claim => claim.Type == "uid") || !identity.HasClaim(claim => claim.Type == "name"))
            await AddUserInfoAsync(identity, tokens.AccessToken!, token.Subject);
        properties.Items.Remove(OAuthConstants.CodeVerifierKey);
        return new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Scheme.Name);
    }

    /// <summary>OpenID Connect Core 1.0 §3.1.3.7: signature, issuer, audience, life, nonce, time of the sign-in.</summary>
    private async Task<JsonWebToken> ValidateAsync(OAuthTokenResponse tokens, AuthenticationProperties properties)
    {
        var idToken = tokens.Response!.RootElement.TryGetProperty("id_token", out var text) ? text.GetString() : null;
        var parameters = Options.TokenValidationParameters.Clone();
        parameters.ValidIssuer = _provider!.Issuer;
        parameters.ValidAudience = Options.ClientId;
        parameters.IssuerSigningKeys = _provider.SigningKeys;
        parameters.LifetimeValidator = (from, until, _, given) => IsCurrent(from, until, given.ClockSkew);
        var handler = new JsonWebTokenHandler { MapInboundClaims = false };
        var result = await handler.ValidateTokenAsync(idToken, parameters);
        if (!result.IsValid)
        {
            // A key that rolled over: the next sign-in reads the provider's keys anew.
            Options.ConfigurationManager!.RequestRefresh();
            throw new AuthenticationFailureException("The identity token is not valid.", result.Exception);
        }
        var token = (JsonWebToken)result.SecurityToken;
        if (!token.TryGetPayloadValue<string>("nonce", out var nonce) || nonce != properties.Items[Nonce])
            throw new AuthenticationFailureException("The identity token answers another request.");
        var earliest = (properties.IssuedUtc!.Value - parameters.ClockSkew).ToUnixTimeSeconds();
        if (!token.TryGetPayloadValue<long>("auth_time", out var signedIn) || signedIn < earliest)
            throw new AuthenticationFailureException("She did not prove there who she is when she was asked.");
        return token;
    }

    private bool IsCurrent(DateTime? from, DateTime? until, TimeSpan skew)
    {
        var now = TimeProvider.GetUtcNow().UtcDateTime;
        return until is not null && now < until + skew && (from is null || now >= from - skew);
    }

    private async Task AddUserInfoAsync(ClaimsIdentity identity, string accessToken, string subject)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _provider!.UserInfoEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var response = await Backchannel.SendAsync(request, Context.RequestAborted);
        response.EnsureSuccessStatusCode();
        using var user = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Context.RequestAborted));
        if (user.RootElement.GetProperty("sub").GetString() != subject)
            throw new AuthenticationFailureException("The user info is of another subject.");
        foreach (var name in (string[])["uid", "name", "birthdate", "gender"])
            if (
                !identity.HasClaim(claim => claim.Type == name)
                && user.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
            )
                identity.AddClaim(new Claim(name, value.GetString()!));
    }

    private string Redirect() =>
        Options.PublicOrigin.Length > 0
            ? Options.PublicOrigin + Options.CallbackPath
            : BuildRedirectUri(Options.CallbackPath);

    private async Task<OpenIdConnectConfiguration> DiscoverAsync()
    {
        // Of two first sign-ins at once each makes one; the later one stays.
        Options.ConfigurationManager ??= new ConfigurationManager<OpenIdConnectConfiguration>(
            Options.Authority() + "/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(Backchannel) { RequireHttps = Options.RequireHttpsMetadata() }
        );
        var found = await Options.ConfigurationManager.GetConfigurationAsync(Context.RequestAborted);
        // OpenID Connect Discovery 1.0 §4.3; her browser is sent to the one address, the handler of the others sees to them.
        if (found.Issuer?.TrimEnd('/') != Options.Authority() || !Options.Allows(found.AuthorizationEndpoint))
            throw new InvalidOperationException("The provider's metadata is of another issuer, or leads elsewhere.");
        return found;
    }
}
