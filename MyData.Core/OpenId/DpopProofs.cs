using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Core.OpenId;

/// <summary>A key that its holder has just proved. <see cref="Proof"/> must be used up in the write that follows.</summary>
public sealed record ProvenKey(string Thumbprint, UsedAssertion Proof);

/// <summary>
/// DPoP (RFC 9449) at the authorization server and at the packages. The nonce is made of the time and a key of the platform, so every
/// node knows it and none keeps it.
/// </summary>
public sealed class DpopProofs(PersonalDataVault vault, TimeProvider time)
{
    public const string MissingCode = "dpop.missing";
    public const string NonceCode = "dpop.nonce";
    public const string SignatureCode = "dpop.signature";
    public const string RequestCode = "dpop.request";
    public const string TokenCode = "dpop.token";
    public const string TimeCode = "dpop.time";
    public const string ReplayedCode = "dpop.replayed";

    private const int MostCharacters = 4096;
    private const int MostKeys = 4096;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    // To import a key costs more than to check a signature, and a client proves the same one again and again. Only proved keys are held.
    private readonly ConcurrentDictionary<string, (Jwk Key, string Thumbprint)> _proved = new(StringComparer.Ordinal);

    // Each proof is held against two of them, and each answer tells one.
    private volatile Nonces? _nonces;

    /// <summary>What the next proof must carry (RFC 9449 §8); good for two to four minutes.</summary>
    public string Nonce => Now().Told;

    /// <summary>
    /// RFC 9449 §4.3, in its order but for the nonce: it is looked at first, so that who does not have it costs no signature check.
    /// </summary>
    /// <param name="proof">the one header; null: there is none, or more than one</param>
    /// <param name="target">the address without query and fragment</param>
    /// <param name="token">the access token that comes with it, at a resource</param>
    /// <exception cref="OpenIdException">invalid_dpop_proof, use_dpop_nonce.</exception>
    public ProvenKey Check(string? proof, string method, string target, string? token = null)
    {
        if (string.IsNullOrEmpty(proof) || proof.Length > MostCharacters)
            throw OpenIdException.InvalidProof("One DPoP proof is needed.", MissingCode);
        if (Text(Unproven(proof), "nonce") is not { } nonce || !IsOurs(nonce))
            throw OpenIdException.UseNonce();
        var (thumbprint, claims) = Verify(proof);
        if (Text(claims, "htm") != method || Text(claims, "htu") is not { } htu || WithoutQuery(htu) != target)
            throw OpenIdException.InvalidProof("The proof is for another request.", RequestCode);
        if (token is not null && Text(claims, "ath") != TransferTokens.HashOf(token))
            throw OpenIdException.InvalidProof("The proof is for another token.", TokenCode);
        var now = time.GetUtcNow();
        if (ClientAssertions.Time(claims, "iat") is not { } issued)
            throw OpenIdException.InvalidProof("The proof has no time.", TimeCode);
        if ((now - issued).Duration() > ClientAssertions.Skew || !IsWithin(claims, now))
            throw OpenIdException.InvalidProof("The proof is too old, or of the future.", TimeCode);
        if (Text(claims, "jti") is not { Length: >= 8 and <= 200 } id)
            throw OpenIdException.InvalidProof("The proof has no jti.", SignatureCode);
        return new(
            thumbprint,
            new UsedAssertion
            {
                ClientId = $"dpop:{thumbprint}",
                TokenId = id,
                ExpiresAt = issued + (2 * ClientAssertions.Skew),
            }
        );
    }

    private static JsonElement Unproven(string proof)
    {
        try
        {
            return proof.Split('.') is [_, var payload, _]
                ? StrictJson.ParseObject(Base64UrlText.Decode(payload), SignatureCode)
                : throw OpenIdException.InvalidProof("The proof is not a JWS.", SignatureCode);
        }
        catch (EncryptionException refused)
        {
            throw OpenIdException.InvalidProof(refused.Code, SignatureCode);
        }
    }

    private (string Thumbprint, JsonElement Claims) Verify(string proof)
    {
        try
        {
            if (!Jws.PeekHeader(proof).TryGetProperty("jwk", out var jwk))
                throw OpenIdException.InvalidProof("The proof carries no key.", SignatureCode);
            var text = jwk.GetRawText();
            var isHeld = _proved.TryGetValue(text, out var held);
            var key = isHeld ? held.Key : Jwk.Parse(jwk);
            if (key.IsPrivate)
                throw OpenIdException.InvalidProof("The proof carries a private key.", SignatureCode);
            var verified = Jws.Verify(proof, [key], JoseNames.SignatureAlgs, "dpop+jwt");
            if (!isHeld)
                Hold(text, held = (key, key.Thumbprint()));
            return (held.Thumbprint, StrictJson.ParseObject(verified.Payload, SignatureCode));
        }
        catch (EncryptionException refused)
        {
            throw OpenIdException.InvalidProof(refused.Code, SignatureCode);
        }
    }

    // A rush of new keys costs the others one import each.
    private void Hold(string text, (Jwk Key, string Thumbprint) proved)
    {
        if (_proved.Count >= MostKeys)
            _proved.Clear();
        _proved.TryAdd(text, proved);
    }

    // RFC 7519 §4.1.4, §4.1.5: a proof needs neither, and what it says holds.
    private static bool IsWithin(JsonElement claims, DateTimeOffset now)
    {
        bool Holds(string name, Func<DateTimeOffset, bool> holds) =>
            !claims.TryGetProperty(name, out _) || (ClientAssertions.Time(claims, name) is { } at && holds(at));
        return Holds("exp", at => at >= now - ClientAssertions.Skew)
            && Holds("nbf", at => at <= now + ClientAssertions.Skew);
    }

    private bool IsOurs(string nonce)
    {
        var (given, now) = (Encoding.UTF8.GetBytes(nonce), Now());
        // Both, whichever it is.
        return CryptographicOperations.FixedTimeEquals(given, now.Current)
            | CryptographicOperations.FixedTimeEquals(given, now.Before);
    }

    private Nonces Now()
    {
        var window = time.GetUtcNow().Ticks / Window.Ticks;
        return _nonces is { } known && known.Window == window
            ? known
            : _nonces = new(window, NonceOf(window), NonceOf(window - 1));
    }

    private string NonceOf(long window) => vault.Pseudonym(window.ToString(CultureInfo.InvariantCulture), "dpop-nonce");

    private static string WithoutQuery(string htu) =>
        Uri.TryCreate(htu, UriKind.Absolute, out var url) ? url.GetLeftPart(UriPartial.Path) : "";

    private static string? Text(JsonElement json, string name) => ClientAssertions.Text(json, name);

    private sealed class Nonces(long window, string told, string before)
    {
        public long Window { get; } = window;
        public string Told { get; } = told;
        public byte[] Current { get; } = Encoding.UTF8.GetBytes(told);
        public byte[] Before { get; } = Encoding.UTF8.GetBytes(before);
    }
}
