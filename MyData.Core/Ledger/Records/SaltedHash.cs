using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// Hashes that say nothing to whoever lacks the salt: SHA-256(<c>mydata.ledger/KIND/v1\n</c> ‖ salt ‖ content). The salt stays with the
/// one who may show the content one day; destroying it is erasure.
/// </summary>
public static class SaltedHash
{
    /// <summary>Bytes of a salt, which is drawn anew for every hash.</summary>
    public const int SaltSize = 32;

    /// <param name="digest">SHA-256 of the body: it is long, and hashed as it passes</param>
    /// <exception cref="LedgerException"><c>hash.salt</c>, <c>hash.digest</c></exception>
    public static byte[] OfRequest(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> digest) => OfBody("req", salt, digest);

    /// <inheritdoc cref="OfRequest"/>
    public static byte[] OfResponse(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> digest) => OfBody("rsp", salt, digest);

    public static byte[] OfConsent(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> receipt) => Of("con", salt, receipt);

    /// <summary>The member <c>who</c>: the persons in the order of their tags, each as UTF-8 with its length before it in two bytes.</summary>
    public static byte[] OfPersons(ReadOnlySpan<byte> salt, IEnumerable<string> persons)
    {
        var content = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        foreach (var person in persons)
        {
            var utf8 = Encoding.UTF8.GetBytes(person);
            BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)utf8.Length));
            content.Write(length);
            content.Write(utf8);
        }
        return Of("who", salt, content.ToArray());
    }

    private static byte[] OfBody(string kind, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> digest) =>
        digest.Length == SHA256.HashSizeInBytes
            ? Of(kind, salt, digest)
            : throw new LedgerException("hash.digest", "A body's digest has 32 bytes.");

    private static byte[] Of(string kind, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> content)
    {
        if (salt.Length != SaltSize)
            throw new LedgerException("hash.salt", "A salt has 32 bytes.");
        return SHA256.HashData([.. Encoding.ASCII.GetBytes($"mydata.ledger/{kind}/v1\n"), .. salt, .. content]);
    }
}
