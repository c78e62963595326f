using System.Security.Cryptography;

namespace MyData.Core.Encryption;

/// <summary>
/// SHA-256 of ASCII(protected "." iv "." ciphertext "." tag) as they stand in a sealed package (protocols.md A4): names one package,
/// whoever its recipients are.
/// </summary>
public sealed class SealDigest : IEquatable<SealDigest>
{
    /// <summary>Crockford's base32: no I, L, O, U.</summary>
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private readonly byte[] _bytes;

    public SealDigest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SHA256.HashSizeInBytes)
            throw new ArgumentException("A seal digest has 32 bytes.", nameof(bytes));
        _bytes = bytes.ToArray();
    }

    /// <summary>A copy of the 32 bytes.</summary>
    public byte[] Bytes => _bytes.ToArray();

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Hex => Convert.ToHexStringLower(_bytes);

    /// <summary>The first 60 bits for people to compare, such as <c>7QK4-9XM2-D0RT</c>.</summary>
    public string Display()
    {
        var bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(_bytes);
        return string.Create(
            14,
            bits,
            static (text, value) =>
            {
                for (var i = 0; i < 12; i++)
                    text[i + (i / 4)] = Alphabet[(int)(value >> (59 - (5 * i))) & 31];
                text[4] = text[9] = '-';
            }
        );
    }

    /// <exception cref="EncryptionException"><c>seal.digest_format</c>: not 64 hexadecimal digits</exception>
    public static SealDigest Parse(string hex)
    {
        var bytes = new byte[SHA256.HashSizeInBytes];
        if (hex.Length != 64 || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            throw new EncryptionException("seal.digest_format", "A seal digest has 64 hexadecimal digits.");
        return new SealDigest(bytes);
    }

    public bool Equals(SealDigest? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as SealDigest);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    public override string ToString() => Hex;
}
