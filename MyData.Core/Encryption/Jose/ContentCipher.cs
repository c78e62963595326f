using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MyData.Core.Encryption;

/// <summary>Content encryption (RFC 7518 §5): A256GCM and A256CBC-HS512.</summary>
internal static class ContentCipher
{
    public const int GcmKeyBytes = 32;
    public const int GcmIvBytes = 12;
    public const int GcmTagBytes = 16;
    private const int CbcKeyBytes = 64;
    private const int CbcIvBytes = 16;
    private const int CbcTagBytes = 32;

    public static int KeyBytes(string enc) => enc is JoseNames.A256Gcm ? GcmKeyBytes : CbcKeyBytes;

    public static int IvBytes(string enc) => enc is JoseNames.A256Gcm ? GcmIvBytes : CbcIvBytes;

    public static (byte[] CipherText, byte[] Tag) Encrypt(
        string enc,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> plainText,
        ReadOnlySpan<byte> aad
    )
    {
        if (enc is not JoseNames.A256Gcm)
            return EncryptCbc(key, iv, plainText, aad);
        var cipherText = GC.AllocateUninitializedArray<byte>(plainText.Length);
        var tag = new byte[GcmTagBytes];
        using var gcm = new AesGcm(key, GcmTagBytes);
        gcm.Encrypt(iv, plainText, cipherText, tag, aad);
        return (cipherText, tag);
    }

    /// <summary>The plain text, or null: which part was wrong is not told.</summary>
    public static byte[]? Decrypt(
        string enc,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> cipherText,
        ReadOnlySpan<byte> tag,
        ReadOnlySpan<byte> aad
    )
    {
        // A short tag is a forgery a few thousand tries away, so lengths are exact (RFC 7518 §5.2.2.2, §5.3).
        var isGcm = enc is JoseNames.A256Gcm;
        if (
            key.Length != KeyBytes(enc)
            || iv.Length != IvBytes(enc)
            || tag.Length != (isGcm ? GcmTagBytes : CbcTagBytes)
        )
            return null;
        return isGcm ? DecryptGcm(key, iv, cipherText, tag, aad) : DecryptCbc(key, iv, cipherText, tag, aad);
    }

    private static byte[]? DecryptGcm(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> cipherText,
        ReadOnlySpan<byte> tag,
        ReadOnlySpan<byte> aad
    )
    {
        var plainText = GC.AllocateUninitializedArray<byte>(cipherText.Length);
        using var gcm = new AesGcm(key, GcmTagBytes);
        try
        {
            gcm.Decrypt(iv, cipherText, tag, plainText, aad);
            return plainText;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>RFC 7518 §5.2.2.1: the first half of the key authenticates, the second encrypts.</summary>
    private static (byte[] CipherText, byte[] Tag) EncryptCbc(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> plainText,
        ReadOnlySpan<byte> aad
    )
    {
        using var aes = Aes.Create();
        aes.SetKey(key[32..]);
        var cipherText = aes.EncryptCbc(plainText, iv);
        return (cipherText, CbcTag(key, iv, cipherText, aad));
    }

    private static byte[]? DecryptCbc(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> cipherText,
        ReadOnlySpan<byte> tag,
        ReadOnlySpan<byte> aad
    )
    {
        // The tag first: a padding error that could be told from a wrong tag would decrypt for whoever asks often enough.
        if (!CryptographicOperations.FixedTimeEquals(tag, CbcTag(key, iv, cipherText, aad)))
            return null;
        using var aes = Aes.Create();
        aes.SetKey(key[32..]);
        try
        {
            return aes.DecryptCbc(cipherText, iv);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[] CbcTag(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> cipherText,
        ReadOnlySpan<byte> aad
    )
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, key[..32]);
        hmac.AppendData(aad);
        hmac.AppendData(iv);
        hmac.AppendData(cipherText);
        Span<byte> aadBits = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(aadBits, aad.Length * 8L);
        hmac.AppendData(aadBits);
        return hmac.GetHashAndReset()[..CbcTagBytes];
    }
}
