using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MyData.Core.Ledger;

/// <summary>
/// Verifies ECDSA with P-256 and SHA-256, signatures as r ‖ s (RFC 7518 §3.4). Safe for several threads at once: each borrows one of the
/// framework's keys, which are not.
/// </summary>
public sealed class P256PublicKey(ECParameters point) : ICallerKey
{
    private readonly ConcurrentBag<ECDsa> _idle = [];

    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!_idle.TryTake(out var key))
            key = ECDsa.Create(point);
        var format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;
        var valid = key.VerifyData(message, signature, HashAlgorithmName.SHA256, format);
        _idle.Add(key);
        return valid;
    }
}
