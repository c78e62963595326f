using System.Buffers.Binary;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>A private key with the name under which it signs notes, as a log (type 0x01) or as a witness (type 0x04).</summary>
public sealed class NoteSigner(string name, SignatureType type, Ed25519PrivateKey key)
{
    private const int TimeBytes = sizeof(long);

    public VerifierKey Verifier { get; } = VerifierKey.Create(name, type, key.PublicKey);

    /// <summary>As a log: type 0x01.</summary>
    /// <param name="text">with its last newline</param>
    public NoteSignature Sign(ReadOnlySpan<byte> text)
    {
        Require(SignatureType.Ed25519);
        return new NoteSignature(Verifier.Name, Verifier.Id, key.Sign(text));
    }

    /// <summary>As a witness: type 0x04, which says that this is the largest consistent tree it has seen of the log.</summary>
    /// <param name="text">a checkpoint, with its last newline</param>
    /// <param name="at">now, to the second</param>
    public NoteSignature Cosign(ReadOnlySpan<byte> text, DateTimeOffset at)
    {
        Require(SignatureType.Cosignature);
        var time = at.ToUnixTimeSeconds();
        var timed = new byte[TimeBytes + Ed25519PublicKey.SignatureSize];
        BinaryPrimitives.WriteInt64BigEndian(timed, time);
        key.Sign(Timed(text, time)).CopyTo(timed, TimeBytes);
        return new NoteSignature(Verifier.Name, Verifier.Id, timed);
    }

    /// <summary>The time that a cosignature says, in seconds; 0 for the type that says none.</summary>
    /// <exception cref="LedgerException"><c>note.signature</c>, <c>cosignature.format</c></exception>
    internal static long Verify(VerifierKey key, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        var time = 0L;
        var valid = false;
        if (key.Type == SignatureType.Ed25519)
        {
            valid = key.Key.Verify(text, signature);
        }
        else
        {
            // c2sp.org/tlog-cosignature: the time must not exceed 2^63 − 1.
            if (signature.Length != TimeBytes + Ed25519PublicKey.SignatureSize || signature[0] > 0x7f)
                throw new LedgerException("cosignature.format", "A cosignature has a time and 64 bytes.");
            time = BinaryPrimitives.ReadInt64BigEndian(signature);
            valid = key.Key.Verify(Timed(text, time), signature[TimeBytes..]);
        }
        return valid ? time : throw new LedgerException("note.signature", "A signature is not by the key it names.");
    }

    private static byte[] Timed(ReadOnlySpan<byte> text, long time) =>
        [.. Encoding.ASCII.GetBytes($"cosignature/v1\ntime {LogText.Decimal(time)}\n"), .. text];

    private void Require(SignatureType wanted)
    {
        if (Verifier.Type != wanted)
            throw new InvalidOperationException($"{Verifier.Name} signs by type {Verifier.Type}, not {wanted}.");
    }
}
