using System.Buffers.Text;
using System.Security.Cryptography;

namespace MyData.Core.Ledger;

/// <summary>The public key of a calling system as it is registered: SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), Ed25519 (RFC 8410) or P-256.</summary>
public sealed class CallerKey : ICallerKey
{
    // RFC 8410 §4: everything before the key's 32 bytes.
    private static readonly byte[] Ed25519Head = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0];
    private const string P256 = "1.2.840.10045.3.1.7";
    private readonly ICallerKey _key;

    private CallerKey(byte[] der, ICallerKey key, string algorithm)
    {
        (Der, _key, Algorithm) = (der, key, algorithm);
        Kid = Base64Url.EncodeToString(SHA256.HashData(der));
    }

    public byte[] Der { get; }

    /// <summary><c>Ed25519</c> or <c>P-256</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The key's name, which it gives itself: base64url of SHA-256 of the DER.</summary>
    public string Kid { get; }

    /// <exception cref="LedgerException"><c>caller.key</c>: of another kind, or spelled in another way than DER</exception>
    public static CallerKey Parse(ReadOnlySpan<byte> der)
    {
        try
        {
            if (der.StartsWith(Ed25519Head) && der.Length == Ed25519Head.Length + Ed25519PublicKey.Size)
                return new(der.ToArray(), new Ed25519PublicKey(der[Ed25519Head.Length..]), "Ed25519");
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(der, out _);
            var point = key.ExportParameters(includePrivateParameters: false);
            if (point.Curve.Oid.Value == P256 && key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(der))
                return new(der.ToArray(), new P256PublicKey(point), "P-256");
        }
        catch (Exception failure) when (failure is CryptographicException or LedgerException { Code: "ed25519.key" })
        {
            throw new LedgerException("caller.key", "Not a public key of Ed25519 or P-256.", failure);
        }
        throw new LedgerException("caller.key", "Not a public key of Ed25519 or P-256.");
    }

    public static CallerKey Of(Ed25519PublicKey key) => Parse([.. Ed25519Head, .. key.Bytes]);

    /// <summary>A PEM file with one block, <c>PUBLIC KEY</c> (RFC 7468 §13).</summary>
    /// <exception cref="LedgerException"><c>caller.key</c></exception>
    public static CallerKey ParsePem(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "PUBLIC KEY")
            throw new LedgerException("caller.key", "Not a PEM file with a public key.");
        return Parse(Convert.FromBase64String(pem[fields.Base64Data]));
    }

    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => _key.Verify(message, signature);
}
