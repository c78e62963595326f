using System.Globalization;
using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Encryption;
using MyData.Core.OpenId;
using MyData.Core.Services;

namespace MyData.Core.Members;

/// <summary>What a service asked for when it pushed a sign-in, as it was checked (OpenID Connect Core §3.1.2.1).</summary>
public sealed record MemberContent
{
    public required string RedirectUri { get; init; }
    public string? State { get; init; }

    /// <summary>base64url(SHA-256(verifier)) (RFC 7636 §4.2).</summary>
    public required string Challenge { get; init; }

    /// <summary>The DPoP key that the code is bound to (RFC 9449 §10); null: any.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>The lowest level that the service accepts.</summary>
    public AssuranceLevel Level { get; init; }

    /// <summary>The scopes that are known, in the order in which they came.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }
    public string? Nonce { get; init; }

    /// <summary>How long ago she may have signed in; null: however long.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary><c>none</c>: no page is shown; <c>consent</c>: she is asked though she agreed before. <c>login</c> stands in <see cref="MaxAge"/>.</summary>
    public bool Silent { get; init; }
    public bool AsksAgain { get; init; }

    /// <summary>The claims that are wanted from userinfo, and those that are wanted in the ID token.</summary>
    public required IReadOnlyList<string> FromUserInfo { get; init; }
    public required IReadOnlyList<string> InIdToken { get; init; }

    /// <summary>Whom the service expects, by its own name for her; null: anybody.</summary>
    public string? Subject { get; init; }

    /// <summary>An account that she has there is to be connected.</summary>
    public bool Links { get; init; }
}

/// <summary>Reads the parameters of OpenID Connect. Nothing is asked of her that is not registered.</summary>
internal static class MemberParameters
{
    public const string OpenId = "openid";
    public const string Profile = "profile";

    private const int LongestNonce = 512;
    private const int MostCharacters = 8 * 1024;
    private static readonly string[] Prompts = ["none", "login", "consent", "select_account"];

    /// <exception cref="OpenIdException">What is wrong with it.</exception>
    public static MemberContent Read(
        WayBack way,
        IReadOnlyDictionary<string, string> given,
        SignInListing registered,
        Func<string, string> subjectOf
    )
    {
        if (Value("authorization_details") is not null)
            throw Wrong("A sign-in asks for no data; data have requests of their own.");
        if (Value("nonce") is { Length: > LongestNonce })
            throw Wrong("nonce is too long.");
        var scopes = Value("scope")!
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Distinct()
            .Where(scope => scope == OpenId || ClaimsOf(scope).Count > 0)
            .ToList();
        if (scopes.FirstOrDefault(scope => scope != OpenId && !ClaimsOf(scope).Any(IsRegistered)) is { } none)
            throw new OpenIdException("invalid_scope", 400, $"{none} is not registered.", MemberCodes.NotRegistered);
        var claims = RequestedClaims.Read(Value("claims"));
        if (claims.UserInfo.Concat(claims.IdToken).FirstOrDefault(name => !IsRegistered(name)) is { } claim)
            throw OpenIdException.InvalidRequest($"{claim} is not registered.", MemberCodes.NotRegistered);
        var prompts = (Value("prompt") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (prompts.Except(Prompts).Any() || (prompts.Contains("none") && prompts.Length > 1))
            throw Wrong("prompt is not one that is taken.");
        var links = Links(Value("link"), registered);
        if (links && prompts.Contains("none"))
            throw Wrong("Connecting an account needs her.");
        var hinted = Value("id_token_hint") is { } hint ? subjectOf(hint) : null;
        if (claims.Subject is { } named && hinted is not null && named != hinted)
            throw Wrong("The hint and claims name two people.");
        return new MemberContent
        {
            RedirectUri = way.RedirectUri,
            State = way.State,
            Challenge = way.Challenge,
            KeyThumbprint = way.KeyThumbprint,
            Level = claims.Level > way.Level ? claims.Level : way.Level,
            Scopes = scopes,
            Nonce = Value("nonce"),
            // Who is to choose, or to connect an account, proves anew who she is.
            MaxAge =
                links || prompts.Contains("login") || prompts.Contains("select_account")
                    ? TimeSpan.Zero
                    : Age(Value("max_age")),
            Silent = prompts.Contains("none"),
            AsksAgain = links || prompts.Contains("consent"),
            FromUserInfo = [.. scopes.SelectMany(ClaimsOf).Where(IsRegistered).Concat(claims.UserInfo).Distinct()],
            InIdToken = claims.IdToken,
            Subject = hinted ?? claims.Subject,
            Links = links,
        };

        string? Value(string name) => given.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
        bool IsRegistered(string name) => registered.Claim(name) is not null;
    }

    /// <summary>What a scope stands for (OpenID Connect Core §5.4), as far as it is held here; one that is not known stands for nothing.</summary>
    private static IReadOnlyList<string> ClaimsOf(string scope) =>
        scope switch
        {
            Profile => [SignInClaims.Name, SignInClaims.Birthdate],
            SignInClaims.Email => [SignInClaims.Email],
            _ => [],
        };

    private static bool Links(string? asked, SignInListing registered) =>
        asked switch
        {
            null => false,
            "true" when registered.Linking => true,
            "true" => throw OpenIdException.InvalidRequest("link is not registered.", MemberCodes.NotRegistered),
            _ => throw Wrong("link is true, or left out."),
        };

    private static TimeSpan? Age(string? seconds) =>
        seconds is null ? null
        : int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var age)
            ? TimeSpan.FromSeconds(age)
        : throw Wrong("max_age is a number of seconds.");

    private static OpenIdException Wrong(string why) => OpenIdException.InvalidRequest(why, MemberCodes.Parameter);

    /// <summary>The parameter <c>claims</c> (OpenID Connect Core §5.5). Claims that nobody knows are ignored, as it says there.</summary>
    private sealed record RequestedClaims(
        IReadOnlyList<string> UserInfo,
        IReadOnlyList<string> IdToken,
        AssuranceLevel Level,
        string? Subject
    )
    {
        public static RequestedClaims Read(string? text)
        {
            if (text is null)
                return new([], [], AssuranceLevel.None, null);
            if (text.Length > MostCharacters)
                throw Wrong("claims is too long.");
            try
            {
                var root = StrictJson.ParseObject(text, MemberCodes.Parameter);
                var (info, token) = (Member(root, "userinfo"), Member(root, "id_token"));
                return new(Known(info), Known(token), LevelOf(token), SubjectOf(token) ?? SubjectOf(info));
            }
            catch (EncryptionException)
            {
                throw Wrong("claims is not a JSON object.");
            }
        }

        private static JsonElement? Member(JsonElement json, string name) =>
            !json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.Object ? value
            : throw Wrong($"{name} in claims is an object.");

        // email_verified comes with the address.
        private static List<string> Known(JsonElement? json) =>
            json is not { } claims
                ? []
                : [.. claims.EnumerateObject().Select(claim => claim.Name).Where(SignInClaims.All.Contains)];

        // §5.5.1.1: of those that will do the lowest is what is needed.
        private static AssuranceLevel LevelOf(JsonElement? json)
        {
            if (
                json is not { } claims
                || !claims.TryGetProperty("acr", out var acr)
                || acr.ValueKind != JsonValueKind.Object
            )
                return AssuranceLevel.None;
            if (acr.TryGetProperty("value", out var one))
                return WayBack.LowestOf(StrictJson.TextOf(one) ?? "");
            if (!acr.TryGetProperty("values", out var all) || all.ValueKind != JsonValueKind.Array)
                return AssuranceLevel.None;
            return WayBack.LowestOf(string.Join(' ', all.EnumerateArray().Select(value => StrictJson.TextOf(value))));
        }

        private static string? SubjectOf(JsonElement? json) =>
            json is { } claims
            && claims.TryGetProperty("sub", out var sub)
            && sub.ValueKind == JsonValueKind.Object
            && sub.TryGetProperty("value", out var value)
                ? StrictJson.TextOf(value) ?? throw Wrong("sub in claims is a text.")
                : null;
    }
}
