using MyData.Core.Catalog;
using MyData.Core.OpenId;

namespace MyData.Core.Members;

/// <summary>Where a service leads her that signs her out, and where she may go afterwards.</summary>
/// <param name="Back">a registered address, with the service's <c>state</c>; null: it named none</param>
public sealed record LogoutRequest(OnlineServiceListing Service, Uri? Back);

/// <summary>OpenID Connect RP-Initiated Logout 1.0: whose request it is, and whether the address is one that it registered.</summary>
public sealed class MemberLogout(OnlineServices services, IProviderAddresses addresses, IdTokens tokens)
{
    private const int LongestState = 512;

    /// <summary>
    /// The request, where an ID token of ours says whose it is (§2); null otherwise, and then nobody is led anywhere (§3.1, §7).
    /// </summary>
    /// <param name="clientId">where it is given, it must be that service</param>
    /// <exception cref="OpenIdException">The address is not registered, or client_id is another.</exception>
    public async Task<LogoutRequest?> ReadAsync(
        string? hint,
        string? clientId,
        string? back,
        string? state,
        CancellationToken token = default
    )
    {
        if (string.IsNullOrEmpty(hint))
            return string.IsNullOrEmpty(back) ? null : throw Wrong("An address without an ID token.");
        if (
            tokens.Read(hint) is not { } read
            || await services.FindAsync(read.Service, token) is not { SignIn: { } signIn } service
        )
            throw Wrong("id_token_hint is not one of ours.");
        if (!string.IsNullOrEmpty(clientId) && clientId != service.Id)
            throw Wrong("client_id is another.");
        if (string.IsNullOrEmpty(back))
            return new(service, null);
        // As a whole, character by character: what is added to it is another address.
        if (signIn.PostLogoutRedirectUris.All(uri => addresses.ForBrowsers(uri).AbsoluteUri != back))
            throw Wrong("The address is not registered.");
        if (state is { Length: > LongestState })
            throw Wrong("state is too long.");
        if (string.IsNullOrEmpty(state))
            return new(service, new Uri(back));
        var mark = back.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return new(service, new Uri($"{back}{mark}state={Uri.EscapeDataString(state)}"));
    }

    private static OpenIdException Wrong(string why) => OpenIdException.InvalidRequest(why, MemberCodes.Hint);
}
