using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Citizens;

/// <summary>
/// A value that only one browser holds: 256 random bits, base64url in its cookie, SHA-256 in the database. The thief of
/// the database cannot make the cookie from it.
/// </summary>
public sealed class SecretToken
{
    private const int Length = 32;
    private const int Characters = 43;

    private SecretToken(string value)
    {
        Value = value;
        Hash = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(value)));
    }

    /// <summary>What the cookie carries.</summary>
    public string Value { get; }

    /// <summary>What the database keeps.</summary>
    public string Hash { get; }

    public static SecretToken New() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Length)));

    /// <summary>Reads a cookie; false for anything that <see cref="New"/> cannot have made.</summary>
    public static bool TryParse(string? cookie, [NotNullWhen(true)] out SecretToken? token)
    {
        token = cookie is { Length: Characters } && Base64Url.IsValid(cookie) ? new SecretToken(cookie) : null;
        return token is not null;
    }
}
