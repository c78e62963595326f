using System.Security.Cryptography;
using System.Text;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Seals each person's key for the vault: AES-256-GCM under a key of its own in the key folder, bound to whose it is. And makes of it the
/// salts of her records, so that destroying the key destroys them too (ledger.md, "Tags").
/// </summary>
public sealed class PersonKeys(KeyFolder keys)
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] _key = keys.GetSecret(PlatformKeys.LedgerVaultKeyName);

    /// <summary>nonce (12 bytes) ‖ cipher text (32) ‖ tag (16).</summary>
    internal byte[] Seal(ReadOnlySpan<byte> key, Guid citizenId)
    {
        var result = new byte[NonceLength + PersonTag.KeySize + TagLength];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceLength));
        using var aes = new AesGcm(_key, TagLength);
        aes.Encrypt(
            result.AsSpan(0, NonceLength),
            key,
            result.AsSpan(NonceLength, PersonTag.KeySize),
            result.AsSpan(NonceLength + PersonTag.KeySize),
            citizenId.ToByteArray()
        );
        return result;
    }

    /// <exception cref="CryptographicException">Not sealed by this key for this person.</exception>
    internal byte[] Open(byte[] value, Guid citizenId)
    {
        if (value.Length != NonceLength + PersonTag.KeySize + TagLength)
            throw new CryptographicException("The sealed key has another length.");
        var key = new byte[PersonTag.KeySize];
        using var aes = new AesGcm(_key, TagLength);
        aes.Decrypt(
            value.AsSpan(0, NonceLength),
            value.AsSpan(NonceLength, PersonTag.KeySize),
            value.AsSpan(NonceLength + PersonTag.KeySize),
            key,
            citizenId.ToByteArray()
        );
        return key;
    }

    /// <summary>HMAC-SHA-256(vault's key, <c>mydata.ledger/act/v1\n</c> ‖ who): the same for one person, and nobody's to a reader.</summary>
    internal byte[] Acting(string actor) =>
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"mydata.ledger/act/v1\n{actor}"));

    /// <summary>HMAC-SHA-256(her key, <c>mydata.ledger/salt/v1\n</c> ‖ the record's id): another salt in each record.</summary>
    public static byte[] Salt(ReadOnlySpan<byte> key, Guid record) =>
        HMACSHA256.HashData(key, [.. "mydata.ledger/salt/v1\n"u8, .. record.ToByteArray(bigEndian: true)]);
}
