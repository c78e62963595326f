using System.Collections.Concurrent;
using System.Text.Json;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Core.OpenId;

/// <summary><c>private_key_jwt</c> (RFC 7523 §3, OpenID Connect Core §9): what every client's assertion must say.</summary>
public sealed class ClientAssertions(IIssuer issuer, TimeProvider time)
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>Allowed difference between two clocks.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>The longest life of an assertion.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private const int MostCharacters = 4096;

    private const int MostKeys = 4096;

    // Services' own keys alone, and each is imported once: that costs as much as a signature does. Those at a service's address change as it likes.
    private readonly ConcurrentDictionary<string, Jwk> _keys = new(StringComparer.Ordinal);

    /// <summary>Whom it names, unproved: only chooses whose keys are tried.</summary>
    /// <exception cref="OpenIdException">invalid_client.</exception>
    public static string Claimed(string? assertionType, string? assertion)
    {
        if (assertionType != Type || string.IsNullOrEmpty(assertion) || assertion.Length > MostCharacters)
            throw OpenIdException.InvalidClient("No client assertion.");
        try
        {
            var payload = Base64UrlText.Decode(assertion.Split('.')[1]);
            return Text(StrictJson.ParseObject(payload, "assertion.invalid"), "iss") ?? "";
        }
        catch (Exception bad) when (bad is EncryptionException or IndexOutOfRangeException)
        {
            throw OpenIdException.InvalidClient("The assertion cannot be read.");
        }
    }

    /// <summary>The assertion, to be used up in the write that follows.</summary>
    /// <exception cref="OpenIdException">invalid_client: the reason is for the log of a developer, the same for all.</exception>
    public UsedAssertion Verify(
        string assertion,
        string clientId,
        IReadOnlyList<string> keys,
        IReadOnlySet<string> algorithms
    )
    {
        var claims = Read(assertion, keys, algorithms);
        if (Text(claims, "iss") != clientId || Text(claims, "sub") != clientId)
            throw OpenIdException.InvalidClient("iss and sub must be the client.");
        if (Text(claims, "aud") != issuer.Value)
            throw OpenIdException.InvalidClient("aud must be this issuer alone.");
        var now = time.GetUtcNow();
        if (Time(claims, "exp") is not { } expires)
            throw OpenIdException.InvalidClient("exp is missing.");
        if (expires + Skew <= now || expires > now + Longest + Skew)
            throw OpenIdException.InvalidClient("exp is over, or too far.");
        // RFC 7519 §4.1.5, §4.1.6: of the future by more than two clocks may differ.
        foreach (var name in (string[])["nbf", "iat"])
            if (claims.TryGetProperty(name, out _) && !(Time(claims, name) <= now + Skew))
                throw OpenIdException.InvalidClient($"{name} is of the future.");
        if (Text(claims, "jti") is not { Length: >= 8 and <= 200 } id)
            throw OpenIdException.InvalidClient("jti is missing.");
        return new UsedAssertion
        {
            ClientId = clientId,
            TokenId = id,
            ExpiresAt = expires + Skew,
        };
    }

    /// <summary>A registered key, imported once.</summary>
    public Jwk Key(string jwk)
    {
        if (_keys.TryGetValue(jwk, out var known))
            return known;
        if (_keys.Count >= MostKeys)
            _keys.Clear();
        return _keys.GetOrAdd(jwk, Jwk.Parse);
    }

    private JsonElement Read(string assertion, IReadOnlyList<string> keys, IReadOnlySet<string> algorithms)
    {
        try
        {
            var verified = Jws.Verify(assertion, [.. keys.Select(Key)], algorithms);
            return StrictJson.ParseObject(verified.Payload, "assertion.invalid");
        }
        catch (EncryptionException refused)
        {
            throw OpenIdException.InvalidClient(refused.Code);
        }
    }

    internal static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? StrictJson.TextOf(value) : null;

    /// <summary>A NumericDate (RFC 7519 §2) in whole seconds; null where there is none, or something else.</summary>
    internal static DateTimeOffset? Time(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
            ? FromSeconds(seconds)
            : null;

    // To the year 9900: what is added to it afterwards must not leave the calendar.
    internal static DateTimeOffset FromSeconds(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 250_246_540_800));
}
