using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// What a log sends to a witness (c2sp.org/tlog-witness, "add-checkpoint"): the size that the witness knows, the proof from there, and the
/// new checkpoint. Reading it checks the form; the witness then decides 404, 403, 409, 422 in this order of the standard.
/// </summary>
/// <param name="proof">hashes one behind the other</param>
public sealed class AddCheckpoint(long oldSize, byte[] proof, SignedNote checkpoint)
{
    /// <summary>The media type of the answer 409, a size.</summary>
    public const string SizeType = "text/x.tlog.size";

    private const int MaxProof = 63;
    private static ReadOnlySpan<byte> OldWord => "old "u8;

    public long OldSize { get; } = oldSize;

    public ReadOnlyMemory<byte> Proof { get; } = proof;

    public SignedNote Checkpoint { get; } = checkpoint;

    /// <exception cref="LedgerException">
    /// <c>witness.old_size</c>, <c>witness.hash</c>, <c>witness.too_long</c>, <c>witness.format</c> (no blank line), and those of
    /// <see cref="SignedNote.Parse"/>: all answered by 400
    /// </exception>
    public static AddCheckpoint Parse(ReadOnlySpan<byte> body)
    {
        if (
            !LogText.TryLine(ref body, out var line)
            || !line.StartsWith(OldWord)
            || !LogText.TryDecimal(line[OldWord.Length..], out var oldSize)
        )
            throw new LedgerException("witness.old_size", "The first line is not: old, and a plain decimal.");
        var codes = new LogProof.HashLineCodes("witness.format", "witness.hash", "witness.too_long");
        var proof = LogProof.HashLines(ref body, MaxProof, codes);
        return new AddCheckpoint(oldSize, proof, SignedNote.Parse(body));
    }

    public byte[] ToBytes()
    {
        var text = new StringBuilder("old ").Append(LogText.Decimal(OldSize)).Append('\n').AppendHashes(Proof.Span);
        return [.. Encoding.UTF8.GetBytes(text.Append('\n').ToString()), .. Checkpoint.ToBytes()];
    }

    /// <summary>That the new checkpoint follows the one that the witness cosigned last.</summary>
    /// <param name="oldRoot">of that one; ignored where the witness knows none and <see cref="OldSize"/> is 0</param>
    /// <exception cref="LedgerException">
    /// <c>witness.old_size</c>: larger than the new size (400). <c>witness.fork</c>: the same size with another root (409).
    /// <c>witness.inconsistent</c>: the proof does not verify (422).
    /// </exception>
    public void RequireConsistent(Checkpoint next, ReadOnlySpan<byte> oldRoot)
    {
        if (OldSize > next.Size)
            throw new LedgerException("witness.old_size", "The old size is larger than the new one.");
        if (OldSize == next.Size && OldSize > 0 && !oldRoot.SequenceEqual(next.Root.Span))
            throw new LedgerException("witness.fork", "Two roots of one size.");
        if (OldSize == 0)
        {
            var fits = Proof.IsEmpty && (next.Size > 0 || next.Root.Span.SequenceEqual(Merkle.EmptyRoot));
            if (!fits)
                throw new LedgerException("witness.inconsistent", "From an empty tree there is nothing to prove.");
            return;
        }
        try
        {
            MerkleProofs.VerifyConsistency(OldSize, next.Size, Proof.Span, oldRoot, next.Root.Span);
        }
        catch (LedgerException e)
        {
            throw new LedgerException("witness.inconsistent", e.Message, e);
        }
    }

    /// <summary>The body of an answer 409: the size of the witness's latest checkpoint.</summary>
    public static byte[] SizeAnswer(long size) => Encoding.ASCII.GetBytes(LogText.Decimal(size) + "\n");

    /// <exception cref="LedgerException"><c>witness.size</c></exception>
    public static long ParseSize(ReadOnlySpan<byte> body)
    {
        var whole = LogText.TryLine(ref body, out var line) && body.IsEmpty;
        return whole && LogText.TryDecimal(line, out var size)
            ? size
            : throw new LedgerException("witness.size", "The answer is not one plain decimal.");
    }

    /// <summary>The body of an answer 200: signature lines.</summary>
    public static byte[] CosignatureAnswer(IEnumerable<NoteSignature> signatures) =>
        Encoding.UTF8.GetBytes(string.Concat(signatures.Select(signature => signature.ToString())));

    /// <summary>The cosignatures that the witness gave by this key; of keys that we do not know there may be others.</summary>
    /// <exception cref="LedgerException">
    /// <c>note.unsigned</c> (none by this key), <c>note.signature</c>, <c>cosignature.format</c>, and those of
    /// <see cref="NoteSignature.ParseLines"/>
    /// </exception>
    public static IReadOnlyList<NoteSignature> ParseCosignatures(
        ReadOnlySpan<byte> body,
        SignedNote checkpoint,
        VerifierKey witness
    )
    {
        var given = NoteSignature.ParseLines(body).Where(signature => signature.IsBy(witness)).ToList();
        var answer = new SignedNote(checkpoint.Text.ToArray(), given);
        return answer.SignedBy(witness).Count > 0
            ? given
            : throw new LedgerException("note.unsigned", "No cosignature by this witness.");
    }
}
