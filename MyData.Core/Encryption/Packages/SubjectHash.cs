using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Encryption;

/// <summary>
/// Whose data it is, for those who know her ID already (protocols.md A3): <c>salt</c> is base64url of 16 bytes, <c>hash</c> is
/// base64url(SHA-256(salt ‖ ID in ASCII)). The salt stands beside it, so this hides no ID from someone who tries all of them: it stands
/// inside the sealed package only.
/// </summary>
public sealed record SubjectHash(string Salt, string Hash)
{
    private const int SaltBytes = 16;

    public static SubjectHash Of(string nationalId)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new SubjectHash(Base64UrlText.Encode(salt), Base64UrlText.Encode(Digest(salt, nationalId)));
    }

    public bool Matches(string nationalId) =>
        Base64UrlText.TryDecode(Salt) is { Length: SaltBytes } salt
        && Base64UrlText.TryDecode(Hash) is { } hash
        && CryptographicOperations.FixedTimeEquals(hash, Digest(salt, nationalId));

    internal bool IsWellFormed =>
        Base64UrlText.TryDecode(Salt) is { Length: SaltBytes }
        && Base64UrlText.TryDecode(Hash) is { Length: SHA256.HashSizeInBytes };

    private static byte[] Digest(byte[] salt, string nationalId) =>
        SHA256.HashData([.. salt, .. Encoding.ASCII.GetBytes(nationalId)]);
}
