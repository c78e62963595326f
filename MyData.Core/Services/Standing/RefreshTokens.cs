using System.Security.Cryptography;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>
/// Refresh tokens (RFC 6749 §1.5): <c>family.one</c>, each part 256 bits. The family's part stays, so that an old one is known as such; the other is
/// made of the one before and a key of the platform's, so that who asks again for want of an answer is given the same.
/// </summary>
internal static class RefreshTokens
{
    private const int PartLength = 43;
    private const string Purpose = "service-refresh";

    public static string First() => $"{Random()}.{Random()}";

    public static string After(string token, PersonalDataVault vault) =>
        $"{token[..PartLength]}.{vault.Pseudonym(token, Purpose)}";

    /// <summary>Null where it is no refresh token.</summary>
    public static string? FamilyHash(string token) =>
        token.Length == (2 * PartLength) + 1 && token[PartLength] == '.'
            ? TransferTokens.HashOf(token[..PartLength])
            : null;

    private static string Random() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
}
