using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace MyData.Web.Features.SignIn;

/// <summary>
/// Sign-in at another OpenID provider. Names as in OpenIdConnectOptions, so that the framework's own package can take this
/// one's place.
/// </summary>
public sealed class UpstreamLoginOptions : OAuthOptions
{
    /// <summary>The provider's issuer; asked when the first sign-in begins.</summary>
    public Func<string> Authority { get; set; } = () => throw new InvalidOperationException("Authority is not set.");

    public Func<bool> RequireHttpsMetadata { get; set; } = () => true;

    /// <summary>Hosts besides the issuer's own on which its endpoints may be.</summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>Whether this browser's answer is awaited. Asked once, before the code is redeemed: the answer is used up by it.</summary>
    public Func<HttpContext, AuthenticationProperties, Task<bool>> IsAwaited { get; set; } =
        (_, _) => Task.FromResult(true);

    /// <summary>Made from <see cref="Authority"/> at first use where it is not set.</summary>
    public IConfigurationManager<OpenIdConnectConfiguration>? ConfigurationManager { get; set; }

    public TokenValidationParameters TokenValidationParameters { get; set; } =
        new()
        {
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(60),
            ValidAlgorithms =
            [
                SecurityAlgorithms.EcdsaSha256,
                SecurityAlgorithms.RsaSsaPssSha256,
                SecurityAlgorithms.RsaSha256,
            ],
        };

    /// <summary>The portal's address for <c>redirect_uri</c>; empty: the address of the request.</summary>
    public string PublicOrigin { get; set; } = "";

    /// <summary>Whether the provider may have an endpoint there.</summary>
    public bool Allows(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && !RequireHttpsMetadata()))
        && Hosts.Prepend(new Uri(Authority()).Host).Contains(uri.Host, StringComparer.OrdinalIgnoreCase);

    // The base class asks for the endpoints and a secret here; discovery gives the former at first use, PKCE stands in for the latter.
    public override void Validate()
    {
        if (string.IsNullOrEmpty(ClientId) || !CallbackPath.HasValue)
            throw new InvalidOperationException("ClientId and CallbackPath must be set.");
    }
}

/// <summary>An answer that no check of this browser waits for: it was given already, came too late, or is another's.</summary>
public sealed class AnswerNotAwaitedException() : AuthenticationFailureException("Nobody waits for this answer.");

/// <summary>
/// Calls to the provider go to its own addresses, whatever its metadata says: never to a machine beside this one, never in
/// clear, and nowhere that an answer points to.
/// </summary>
public sealed class UpstreamAddresses(UpstreamLoginOptions options)
    : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token) =>
        options.Allows(request.RequestUri?.ToString())
            ? base.SendAsync(request, token)
            : throw new HttpRequestException("The provider has no endpoint there.");
}
