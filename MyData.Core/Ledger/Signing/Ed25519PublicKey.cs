namespace MyData.Core.Ledger;

/// <summary>Verifies Ed25519 (RFC 8032 §5.1.7) by the system's OpenSSL. Safe for several threads at once.</summary>
public sealed class Ed25519PublicKey : ICallerKey
{
    /// <summary>Bytes of a public key.</summary>
    public const int Size = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    private readonly byte[] _bytes;
    private readonly LibCrypto.KeyHandle _key;

    /// <param name="bytes">as RFC 8032 §5.1.2 encodes it</param>
    /// <exception cref="LedgerException"><c>ed25519.key</c>, <c>ed25519.library</c></exception>
    public Ed25519PublicKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new LedgerException("ed25519.key", "A public key has 32 bytes.");
        LibCrypto.Require();
        _bytes = bytes.ToArray();
        _key = LibCrypto.PublicKey(bytes);
        if (_key.IsInvalid)
            throw new LedgerException("ed25519.key", "OpenSSL does not take this public key.");
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSize && LibCrypto.Verify(_key, message, signature);
}
