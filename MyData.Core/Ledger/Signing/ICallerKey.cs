namespace MyData.Core.Ledger;

/// <summary>A key that a calling system has registered: Ed25519, or P-256 for callers whose library has no Ed25519.</summary>
public interface ICallerKey
{
    bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
