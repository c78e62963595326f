using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>Checks that the caller holds the key that the token is bound to (RFC 9449 §4.3).</summary>
public sealed class DpopProof(TimeProvider clock)
{
    private const int MostRemembered = 50_000;
    private const int MostKeys = 100;

    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);
    private static readonly HashSet<string> Algorithms = ["ES256"];

    private readonly ConcurrentDictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Jwk> known = new(StringComparer.Ordinal);
    private long cleaned;

    /// <summary>The thumbprint of the proof's key; the caller compares it with the token's <c>cnf.jkt</c>.</summary>
    /// <exception cref="AgencyRefusal">401, <c>dpop.…</c></exception>
    public string Check(string proof, string method, string url, string token)
    {
        var (key, claims) = Verify(proof);
        CheckRequest(claims, method, url);
        CheckToken(claims, token);
        CheckTime(claims);
        CheckOnce(claims, key);
        return key.Thumbprint();
    }

    // RFC 9449 §4.3 items 3 to 7
    private (Jwk Key, JsonElement Claims) Verify(string proof)
    {
        try
        {
            var header = Jws.PeekHeader(proof);
            if (!header.TryGetProperty("jwk", out var jwk))
                throw AgencyRefusal.Token("dpop.key", "The proof carries no key.");
            var key = KeyOf(jwk);
            if (key.IsPrivate)
                throw AgencyRefusal.Token("dpop.key", "The proof carries a private key.");
            var content = Jws.Verify(proof, [key], Algorithms, "dpop+jwt");
            using var claims = JsonDocument.Parse(content.Payload);
            return (key, claims.RootElement.Clone());
        }
        catch (Exception error) when (error is EncryptionException or JsonException)
        {
            throw AgencyRefusal.Token("dpop.signature", error.Message);
        }
    }

    /// <summary>A caller has one key for many calls, and importing it costs ten times a signature.</summary>
    private Jwk KeyOf(JsonElement jwk)
    {
        if (known.Count >= MostKeys)
            known.Clear();
        return known.GetOrAdd(jwk.GetRawText(), Jwk.Parse);
    }

    // items 8 and 9
    private static void CheckRequest(JsonElement claims, string method, string url)
    {
        if (TokenFacts.Text(claims, "htm") != method)
            throw AgencyRefusal.Token("dpop.htm", "The proof is for another method.");
        if (TokenFacts.Text(claims, "htu") is not { } htu || !Uri.TryCreate(htu, UriKind.Absolute, out var target))
            throw AgencyRefusal.Token("dpop.htu", "The proof names no address.");
        if (target.GetLeftPart(UriPartial.Path) != new Uri(url).GetLeftPart(UriPartial.Path))
            throw AgencyRefusal.Token("dpop.htu", "The proof is for another address.");
    }

    // item 12
    private static void CheckToken(JsonElement claims, string token)
    {
        var hash = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        if (TokenFacts.Text(claims, "ath") != hash)
            throw AgencyRefusal.Token("dpop.ath", "The proof is for another token.");
    }

    // item 11
    private void CheckTime(JsonElement claims)
    {
        if (!claims.TryGetProperty("iat", out var iat) || !iat.TryGetInt64(out var seconds))
            throw AgencyRefusal.Token("dpop.iat", "The proof has no time.");
        if (Math.Abs(clock.GetUtcNow().ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
            throw AgencyRefusal.Token("dpop.iat", "The proof is too old, or of the future.");
    }

    // RFC 9449 §11.1
    private void CheckOnce(JsonElement claims, Jwk key)
    {
        var now = clock.GetUtcNow();
        if (TokenFacts.Text(claims, "jti") is not { Length: > 0 and <= 256 } jti)
            throw AgencyRefusal.Token("dpop.jti", "The proof has no id.");
        Forget(now);
        if (seen.Count >= MostRemembered)
            throw new AgencyRefusal(StatusCodes.Status503ServiceUnavailable, "dpop.full", "Too many calls.")
            {
                RetryAfter = 5,
            };
        if (!seen.TryAdd($"{key.Thumbprint()} {jti}", now + (2 * Tolerance)))
            throw AgencyRefusal.Token("dpop.jti", "The proof was used before.");
    }

    private void Forget(DateTimeOffset now)
    {
        var last = Interlocked.Read(ref cleaned);
        var due = now.ToUnixTimeSeconds();
        if (due - last < 30 || Interlocked.CompareExchange(ref cleaned, due, last) != last)
            return;
        foreach (var (id, until) in seen)
        {
            if (until < now)
                seen.TryRemove(id, out _);
        }
    }
}
