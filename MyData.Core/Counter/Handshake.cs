using MyData.Core.Encryption;

namespace MyData.Core.Counter;

/// <summary>
/// What the two browsers tell each other through the platform: the clerk's commitment, the holder's key and nonce, the clerk's key and nonce.
/// From these both make the six digits (<c>counter/handshake.js</c>); the platform only carries them, and could swap keys only where it finds
/// a nonce that makes the digits equal before it has seen the other one: one in a million (protocols.md A6).
/// </summary>
internal static class Handshake
{
    private const int NonceBytes = 16;
    private const int CommitmentBytes = 32;
    private const int LongestKey = 1024;

    /// <summary>A public P-256 key and 16 random bytes.</summary>
    /// <exception cref="CounterException">counter.malformed</exception>
    public static void Require(string key, string nonce)
    {
        if (key.Length > LongestKey || !IsBytes(nonce, NonceBytes))
            throw new CounterException(CounterCodes.Malformed);
        try
        {
            if (Jwk.Parse(key) is not { Kty: "EC", Crv: "P-256", IsPrivate: false })
                throw new CounterException(CounterCodes.Malformed);
        }
        catch (EncryptionException)
        {
            throw new CounterException(CounterCodes.Malformed);
        }
    }

    /// <summary>base64url(SHA-256)</summary>
    public static bool IsCommitment(string? text) => text is not null && IsBytes(text, CommitmentBytes);

    private static bool IsBytes(string text, int length) => Base64UrlText.TryDecode(text)?.Length == length;
}
