using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MyData.Core.Encryption;

/// <summary>AES Key Wrap with the default initial value (RFC 3394 §2.2). The framework has only its padded sister, RFC 5649.</summary>
public static class AesKeyWrap
{
    private const ulong InitialValue = 0xA6A6A6A6A6A6A6A6;
    private const int Block = 8;

    /// <param name="wrappingKey">16, 24 or 32 bytes</param>
    /// <param name="key">a multiple of 8 bytes, at least 16</param>
    /// <returns>8 bytes more than <paramref name="key"/></returns>
    public static byte[] Wrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key)
    {
        if (key.Length < 2 * Block || key.Length % Block != 0)
            throw new ArgumentException("The key is not a multiple of 8 bytes from 16.", nameof(key));
        using var aes = Aes.Create();
        aes.SetKey(wrappingKey);
        var result = new byte[key.Length + Block];
        key.CopyTo(result.AsSpan(Block));
        Span<byte> block = stackalloc byte[2 * Block];
        var a = InitialValue;
        var n = key.Length / Block;
        for (var step = 1; step <= 6 * n; step++)
        {
            var r = result.AsSpan((((step - 1) % n) + 1) * Block, Block);
            BinaryPrimitives.WriteUInt64BigEndian(block, a);
            r.CopyTo(block[Block..]);
            aes.EncryptEcb(block, block, PaddingMode.None);
            a = BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)step;
            block[Block..].CopyTo(r);
        }
        BinaryPrimitives.WriteUInt64BigEndian(result, a);
        CryptographicOperations.ZeroMemory(block);
        return result;
    }

    /// <summary>The wrapped key, or null where the integrity check fails (RFC 3394 §2.2.3) or the length cannot be.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length < 3 * Block || wrapped.Length % Block != 0)
            return null;
        using var aes = Aes.Create();
        aes.SetKey(wrappingKey);
        var result = wrapped[Block..].ToArray();
        Span<byte> block = stackalloc byte[2 * Block];
        var a = BinaryPrimitives.ReadUInt64BigEndian(wrapped);
        var n = result.Length / Block;
        for (var step = 6 * n; step >= 1; step--)
        {
            var r = result.AsSpan((step - 1) % n * Block, Block);
            BinaryPrimitives.WriteUInt64BigEndian(block, a ^ (ulong)step);
            r.CopyTo(block[Block..]);
            aes.DecryptEcb(block, block, PaddingMode.None);
            a = BinaryPrimitives.ReadUInt64BigEndian(block);
            block[Block..].CopyTo(r);
        }
        CryptographicOperations.ZeroMemory(block);
        if (a == InitialValue)
            return result;
        CryptographicOperations.ZeroMemory(result);
        return null;
    }
}
