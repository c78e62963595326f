using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>What every pushed request says alike: where the answer goes to, who can make use of it, how surely she must be known.</summary>
/// <param name="Challenge">base64url(SHA-256(verifier)) (RFC 7636 §4.2)</param>
/// <param name="KeyThumbprint">the DPoP key that the code is bound to (RFC 9449 §10); null: any</param>
/// <param name="Level">the lowest level that the service accepts</param>
internal sealed record WayBack(
    string RedirectUri,
    string? State,
    string Challenge,
    string? KeyThumbprint,
    AssuranceLevel Level
)
{
    private const int LongestState = 512;
    private const int HashLength = 43;

    /// <exception cref="OpenIdException">What is wrong with it (FAPI 2.0 Security Profile §5.3.2.2).</exception>
    public static WayBack Read(PushRequest request, IProviderAddresses addresses)
    {
        var (given, service) = (request.Parameters, request.Client.Listing);
        // What would say something else than the form is refused (OpenID Connect Core §6.1, RFC 9126 §2.1); what is not known is ignored
        // (RFC 6749 §3.1).
        if (Value("request") is not null)
            throw new OpenIdException("request_not_supported", 400, "No request objects.", ServiceCodes.Parameter);
        foreach (var name in (string[])["request_uri", "resource"])
            if (Value(name) is not null)
                throw OpenIdException.InvalidRequest($"{name} is not taken.", ServiceCodes.Parameter);
        if (Value("response_mode") is not (null or "query"))
            throw OpenIdException.InvalidRequest("response_mode is query.", ServiceCodes.Parameter);
        if (Value("response_type") != "code")
            throw OpenIdException.InvalidRequest("response_type is code.", ServiceCodes.Parameter);
        if (Value("redirect_uri") is not { } redirect || !IsRegistered(redirect))
            throw OpenIdException.InvalidRequest("redirect_uri is not registered.", ServiceCodes.Redirect);
        if (Value("code_challenge_method") != "S256" || Value("code_challenge") is not { Length: HashLength } challenge)
            throw OpenIdException.InvalidRequest("A code challenge by S256 is needed.", ServiceCodes.Pkce);
        if (Value("state") is { Length: > LongestState })
            throw OpenIdException.InvalidRequest("state is too long.", ServiceCodes.Parameter);
        var thumbprint = Value("dpop_jkt");
        // RFC 9449 §10.1: both may come, and then say the same.
        if (request.Key is { } key && (thumbprint ??= key.Thumbprint) != key.Thumbprint)
            throw OpenIdException.InvalidProof("dpop_jkt is of another key.", ServiceCodes.OtherKey);
        return new(redirect, Value("state"), challenge, thumbprint, LowestOf(Value("acr_values")));

        string? Value(string name) => given.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

        // RFC 9700 §2.1: as a whole, character by character.
        bool IsRegistered(string address) =>
            service.RedirectUris.Any(uri => addresses.ForBrowsers(uri).AbsoluteUri == address);
    }

    /// <summary>OpenID Connect Core §3.1.2.1: any of them will do, so the lowest is what is needed.</summary>
    /// <exception cref="OpenIdException">One is no level.</exception>
    public static AssuranceLevel LowestOf(string? acrValues)
    {
        if (acrValues is null)
            return AssuranceLevel.None;
        var levels = acrValues
            .Split(' ')
            .Select(name => Enum.TryParse<AssuranceLevel>(name, out var level) && $"{level}" == name ? level : default)
            .ToList();
        return levels.Contains(AssuranceLevel.None)
            ? throw OpenIdException.InvalidRequest("acr_values names an unknown level.", ServiceCodes.Parameter)
            : levels.Min();
    }
}
