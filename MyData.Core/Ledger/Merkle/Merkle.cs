using System.Security.Cryptography;

namespace MyData.Core.Ledger;

/// <summary>
/// The hashes of the tree, RFC 9162 §2.1.1 with SHA-256: a leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right), and the
/// tree splits at the largest power of two below its size.
/// </summary>
public static class Merkle
{
    /// <summary>Bytes of a hash. Several of them are passed as one span, one behind the other.</summary>
    public const int HashSize = 32;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static ReadOnlySpan<byte> EmptyRoot => EmptyRootBytes;

    private static readonly byte[] EmptyRootBytes = SHA256.HashData([]);

    public static void LeafHash(ReadOnlySpan<byte> entry, Span<byte> hash) => Sha256.Hash(0, entry, [], hash);

    public static byte[] LeafHash(ReadOnlySpan<byte> entry)
    {
        var hash = new byte[HashSize];
        LeafHash(entry, hash);
        return hash;
    }

    /// <param name="hash">may be the same memory as <paramref name="left"/> or <paramref name="right"/></param>
    public static void NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash) =>
        Sha256.Hash(1, left, right, hash);
}
