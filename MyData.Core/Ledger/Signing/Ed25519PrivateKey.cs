using System.Security.Cryptography;

namespace MyData.Core.Ledger;

/// <summary>
/// Signs by Ed25519 (RFC 8032 §5.1.6) with the system's OpenSSL. Safe for several threads at once. The seed stays in the library's memory
/// and is wiped there when the key is disposed.
/// </summary>
public sealed class Ed25519PrivateKey : IDisposable
{
    /// <summary>Bytes of the seed, which RFC 8032 calls the private key.</summary>
    public const int SeedSize = 32;

    private readonly LibCrypto.KeyHandle _key;

    /// <exception cref="LedgerException"><c>ed25519.key</c>, <c>ed25519.library</c></exception>
    public Ed25519PrivateKey(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedSize)
            throw new LedgerException("ed25519.key", "A private key has 32 bytes.");
        LibCrypto.Require();
        _key = LibCrypto.PrivateKey(seed);
        Span<byte> bytes = stackalloc byte[Ed25519PublicKey.Size];
        if (_key.IsInvalid || !LibCrypto.ReadPublicKey(_key, bytes))
            throw new LedgerException("ed25519.key", "OpenSSL does not take this private key.");
        PublicKey = new Ed25519PublicKey(bytes);
    }

    public Ed25519PublicKey PublicKey { get; }

    /// <summary>A new seed, to be kept by the caller.</summary>
    public static byte[] NewSeed() => RandomNumberGenerator.GetBytes(SeedSize);

    /// <exception cref="LedgerException"><c>ed25519.sign</c>: OpenSSL failed, which it does not for lack of anything but memory</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signature = new byte[Ed25519PublicKey.SignatureSize];
        if (!LibCrypto.Sign(_key, message, signature))
            throw new LedgerException("ed25519.sign", "OpenSSL did not sign.");
        return signature;
    }

    public void Dispose() => _key.Dispose();
}
