using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Data;

/// <summary>
/// Seals the few personal values that the platform must keep (national ID, name, contact) under a key outside the
/// database: AES-256-GCM, bound to what the value is and whose. Also the keyed pseudonym by which a person is found.
/// </summary>
public sealed class PersonalDataVault(KeyFolder keys)
{
    internal const string SealKeyName = "personal-data.key";
    internal const string PseudonymKeyName = "pseudonym.key";
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] _sealKey = keys.GetSecret(SealKeyName);
    private readonly byte[] _pseudonymKey = keys.GetSecret(PseudonymKeyName);

    /// <summary>nonce (12 bytes) ‖ cipher text ‖ tag (16 bytes).</summary>
    public byte[] Seal(string value, string purpose, Guid owner)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var result = new byte[NonceLength + plain.Length + TagLength];
        var nonce = result.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_sealKey, TagLength);
        aes.Encrypt(
            nonce,
            plain,
            result.AsSpan(NonceLength, plain.Length),
            result.AsSpan(NonceLength + plain.Length),
            Context(purpose, owner)
        );
        CryptographicOperations.ZeroMemory(plain);
        return result;
    }

    /// <exception cref="CryptographicException">Not sealed by this key for this purpose and owner.</exception>
    public string Open(byte[] value, string purpose, Guid owner)
    {
        if (value.Length < NonceLength + TagLength)
            throw new CryptographicException("The sealed value is too short.");
        var plain = new byte[value.Length - NonceLength - TagLength];
        using var aes = new AesGcm(_sealKey, TagLength);
        aes.Decrypt(
            value.AsSpan(0, NonceLength),
            value.AsSpan(NonceLength, plain.Length),
            value.AsSpan(NonceLength + plain.Length),
            plain,
            Context(purpose, owner)
        );
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>base64url(HMAC-SHA-256): equal for equal values of one purpose, useless without the key.</summary>
    public string Pseudonym(string value, string purpose) =>
        System.Buffers.Text.Base64Url.EncodeToString(
            HMACSHA256.HashData(_pseudonymKey, Encoding.UTF8.GetBytes($"{purpose}\n{value}"))
        );

    private static byte[] Context(string purpose, Guid owner) => Encoding.UTF8.GetBytes($"{purpose}\n{owner:N}");
}
