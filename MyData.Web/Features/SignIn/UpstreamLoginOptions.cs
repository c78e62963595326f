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

    // The base class asks for the endpoints and a secret here; discovery gives the former at first use, PKCE stands in for the latter.
    public override void Validate()
    {
        if (string.IsNullOrEmpty(ClientId) || !CallbackPath.HasValue)
            throw new InvalidOperationException("ClientId and CallbackPath must be set.");
    }
}
