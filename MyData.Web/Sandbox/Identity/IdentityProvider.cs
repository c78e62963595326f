using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Keys;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Identity;

/// <summary>
/// An OpenID provider of another organisation (OpenID Connect Core: code flow, PKCE, ES256). One signs in by choosing a persona.
/// </summary>
public sealed class IdentityProvider(
    SandboxAddress address,
    SandboxKeys keys,
    ClientCheck clients,
    Grants grants,
    TimeProvider clock
)
{
    public const string Path = "/idp";

    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);

    public string Issuer => $"{address.Own}{SandboxAddress.Root}{Path}";

    public IResult Discovery() =>
        Results.Json(
            new
            {
                issuer = Issuer,
                authorization_endpoint = $"{Issuer}/authorize",
                token_endpoint = $"{Issuer}/token",
                jwks_uri = $"{Issuer}/jwks.json",
                response_types_supported = (string[])["code"],
                response_modes_supported = (string[])["query"],
                grant_types_supported = (string[])["authorization_code"],
                subject_types_supported = (string[])["pairwise"],
                id_token_signing_alg_values_supported = (string[])["ES256"],
                token_endpoint_auth_methods_supported = (string[])
                    ["client_secret_basic", "client_secret_post", "private_key_jwt"],
                token_endpoint_auth_signing_alg_values_supported = (string[])["ES256", "PS256"],
                code_challenge_methods_supported = (string[])["S256"],
                scopes_supported = (string[])["openid", "profile"],
                acr_values_supported = AuthorizeReader.Levels,
                claims_supported = (string[])
                    ["sub", "uid", "name", "birthdate", "gender", "acr", "amr", "auth_time", "nonce"],
                authorization_response_iss_parameter_supported = true,
                prompt_values_supported = (string[])["none", "login"],
            }
        );

    public IResult KeySet() => Results.Text(JwkSet.ToPublicJson([keys.IdentityProvider]), "application/jwk-set+json");

    /// <summary>Back to the client, with <c>iss</c> (RFC 9207).</summary>
    public string Return(string redirectUri, string? state, string name, string value)
    {
        var query = new Dictionary<string, string?>
        {
            [name] = value,
            ["state"] = state,
            ["iss"] = Issuer,
        };
        return QueryHelpers.AddQueryString(redirectUri, query.Where(q => q.Value is not null));
    }

    /// <summary>Where the browser goes after the choice: with a code, or with the refusal.</summary>
    public string Decide(AuthorizeRequest request, Persona? persona, string acr)
    {
        if (persona is null)
            return Return(request.RedirectUri, request.State, "error", "access_denied");
        var level = AuthorizeReader.Levels.Contains(acr) ? acr : request.Acr;
        return grants.Add(request, persona, level) is { } code
            ? Return(request.RedirectUri, request.State, "code", code)
            : Return(request.RedirectUri, request.State, "error", "temporarily_unavailable");
    }

    /// <summary>The token endpoint (OpenID Connect Core §3.1.3).</summary>
    public async Task<IResult> TokenAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!http.Request.HasFormContentType)
            return Error(StatusCodes.Status400BadRequest, "invalid_request");
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form.Any(field => field.Value.Count != 1))
            return Error(StatusCodes.Status400BadRequest, "invalid_request");
        if (!await clients.IsPortalAsync(http.Request, form, [Issuer, $"{Issuer}/token"], http.RequestAborted))
            return Error(StatusCodes.Status401Unauthorized, "invalid_client");
        if (form["grant_type"] != "authorization_code")
            return Error(StatusCodes.Status400BadRequest, "unsupported_grant_type");
        // The code is used up by whoever shows it, whether the rest is right or not.
        if (grants.Redeem(form["code"].ToString()) is not { } grant || !Fits(grant, form))
            return Error(StatusCodes.Status400BadRequest, "invalid_grant");
        return Results.Json(
            new
            {
                access_token = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32)),
                token_type = "Bearer",
                expires_in = (int)TokenLife.TotalSeconds,
                id_token = IdToken(grant),
            }
        );
    }

    private static bool Fits(Grant grant, IFormCollection form) =>
        form["redirect_uri"] == grant.Request.RedirectUri
        && form["code_verifier"].ToString() is { Length: >= 43 and <= 128 } verifier
        && Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) == grant.Request.Challenge;

    private string IdToken(Grant grant)
    {
        var now = clock.GetUtcNow();
        var persona = grant.Persona;
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["sub"] = Base64UrlText.Encode(
                SHA256.HashData(Encoding.UTF8.GetBytes($"{grant.Request.ClientId} {persona.Key}"))
            ),
            ["aud"] = grant.Request.ClientId,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + TokenLife).ToUnixTimeSeconds(),
            ["auth_time"] = grant.SignedInAt.ToUnixTimeSeconds(),
            ["nonce"] = grant.Request.Nonce,
            ["acr"] = grant.Acr,
            ["amr"] = grant.Acr == "LoA2" ? (string[])["pwd", "otp", "mfa"] : ["otp"],
            ["uid"] = persona.Id.Value,
            ["name"] = persona.Name,
            ["birthdate"] = persona.Birth.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            ["gender"] = persona.Gender == PersonaGender.Female ? "female" : "male",
        };
        return Jws.Sign(keys.IdentityProvider, "ES256", JsonSerializer.SerializeToUtf8Bytes(claims), "JWT");
    }

    private static IResult Error(int status, string error) => Results.Json(new { error }, statusCode: status);
}
