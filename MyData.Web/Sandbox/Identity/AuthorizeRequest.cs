using Microsoft.Extensions.Primitives;

namespace MyData.Web.Sandbox.Identity;

/// <summary>A checked authorization request (OpenID Connect Core §3.1.2.1, RFC 7636).</summary>
public sealed record AuthorizeRequest
{
    public required string ClientId { get; init; }

    public required string RedirectUri { get; init; }

    public required string? State { get; init; }

    public required string Nonce { get; init; }

    public required string Challenge { get; init; }

    /// <summary>Level that the portal would like, of those that are offered.</summary>
    public required string Acr { get; init; }
}

/// <summary>What came of reading a request: the request, an error for the client, or one that no client may be told of.</summary>
public sealed record AuthorizeReading
{
    public AuthorizeRequest? Request { get; init; }

    /// <summary>Where to send an error; null where the redirect itself cannot be trusted.</summary>
    public string? RedirectUri { get; init; }

    public string? State { get; init; }

    public string Error { get; init; } = "";
}

/// <summary>Reads authorization requests as a strict provider does.</summary>
public sealed class AuthorizeReader(ClientCheck clients, RedirectUris redirects)
{
    /// <summary>Levels that the provider can vouch for, the usual one first.</summary>
    public static IReadOnlyList<string> Levels { get; } = ["LoA2", "LoA1"];

    private static readonly string[] Known =
    [
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "acr_values",
    ];

    public AuthorizeReading Read(IQueryCollection query)
    {
        // RFC 6749 §4.1.2.1: with a wrong client or redirect nobody is sent anywhere.
        if (One(query, "client_id") != clients.ClientId)
            return new() { Error = "unauthorized_client" };
        if (One(query, "redirect_uri") is not { } redirect || !redirects.IsRegistered(redirect))
            return new() { Error = "invalid_redirect_uri" };

        var reading = new AuthorizeReading { RedirectUri = redirect, State = One(query, "state") };
        return Fault(query) is { } error
            ? reading with
            {
                Error = error,
            }
            : reading with
            {
                Request = Request(query, redirect),
            };
    }

    private static string? Fault(IQueryCollection query)
    {
        // RFC 6749 §3.1: no parameter twice.
        if (Known.Any(name => query[name].Count > 1))
            return "invalid_request";
        if (One(query, "response_type") != "code" || (One(query, "response_mode") ?? "query") != "query")
            return "unsupported_response_type";
        if (One(query, "scope")?.Split(' ').Contains("openid") != true)
            return "invalid_scope";
        // RFC 9700 §2.1.1: PKCE always, and never "plain".
        if (One(query, "code_challenge_method") != "S256" || One(query, "code_challenge") is not { Length: 43 })
            return "invalid_request";
        if (One(query, "nonce") is not { Length: >= 8 and <= 256 })
            return "invalid_request";
        // Nobody is ever signed in here already.
        return One(query, "prompt") == "none" ? "login_required" : null;
    }

    private static AuthorizeRequest Request(IQueryCollection query, string redirect)
    {
        var wanted = (One(query, "acr_values") ?? "").Split(' ');
        return new AuthorizeRequest
        {
            ClientId = One(query, "client_id")!,
            RedirectUri = redirect,
            State = One(query, "state"),
            Nonce = One(query, "nonce")!,
            Challenge = One(query, "code_challenge")!,
            Acr = Array.Find(wanted, Levels.Contains) ?? Levels[0],
        };
    }

    private static string? One(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values is [{ Length: > 0 } value] ? value : null;
}
