using System.Security.Cryptography;

namespace MyData.Core.Encryption;

/// <summary>
/// <c>kc</c> = base64url(SHA-256("mydata-kc" ‖ content key)), protocols.md A4. GCM does not commit to its key: one cipher text can be made
/// that two keys open to two different packages. So every opener compares this first.
/// </summary>
internal static class KeyCommitment
{
    public static string Of(ReadOnlySpan<byte> contentKey)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("mydata-kc"u8);
        hash.AppendData(contentKey);
        return Base64UrlText.Encode(hash.GetHashAndReset());
    }

    public static bool Matches(string kc, ReadOnlySpan<byte> contentKey) =>
        CryptographicOperations.FixedTimeEquals(
            System.Text.Encoding.ASCII.GetBytes(kc),
            System.Text.Encoding.ASCII.GetBytes(Of(contentKey))
        );
}
