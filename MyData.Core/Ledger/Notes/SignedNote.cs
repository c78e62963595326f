using System.Text;
using System.Text.Unicode;

namespace MyData.Core.Ledger;

/// <summary>
/// A text and the signatures under it (c2sp.org/signed-note). Parsing checks the form alone: nothing of the text counts until somebody's
/// key has been found among the signatures and has verified.
/// </summary>
public sealed class SignedNote(byte[] text, IReadOnlyList<NoteSignature> signatures)
{
    /// <summary>Bytes of the largest note: some signatures of the largest kinds, which are not ours but may stand beside ours.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The standard asks for 16 at least.</summary>
    public const int MaxSignatures = 64;

    /// <summary>With its last newline, without the blank line.</summary>
    public ReadOnlyMemory<byte> Text { get; } = text;

    public IReadOnlyList<NoteSignature> Signatures { get; } = signatures;

    /// <exception cref="LedgerException">
    /// <c>note.too_large</c>, <c>note.utf8</c>, <c>note.control</c>, <c>note.format</c> (no text, no blank line, no last newline),
    /// <c>note.signatures</c>, <c>note.signature_line</c>, <c>note.key_name</c>
    /// </exception>
    public static SignedNote Parse(ReadOnlySpan<byte> note)
    {
        if (note.Length > MaxBytes)
            throw new LedgerException("note.too_large", "The note is larger than any that we read.");
        if (!Utf8.IsValid(note))
            throw new LedgerException("note.utf8", "The note is not UTF-8.");
        if (note.IndexOfAnyInRange((byte)0, (byte)'\t') >= 0 || note.IndexOfAnyInRange((byte)'\v', (byte)'\u001f') >= 0)
            throw new LedgerException("note.control", "The note has a control character.");
        var end = note.LastIndexOf("\n\n"u8);
        if (end < 0 || note[^1] != '\n')
            throw new LedgerException("note.format", "The note has no blank line, or does not end in a newline.");
        return new SignedNote(note[..(end + 1)].ToArray(), NoteSignature.ParseLines(note[(end + 2)..]));
    }

    public byte[] ToBytes() =>
        [.. Text.Span, (byte)'\n', .. Encoding.UTF8.GetBytes(string.Concat(Signatures.Select(s => s.ToString())))];

    /// <summary>The same text with more signatures. One that is there already is left out.</summary>
    public SignedNote With(IEnumerable<NoteSignature> more)
    {
        var lines = Signatures.Select(s => s.ToString()).ToHashSet(StringComparer.Ordinal);
        return new SignedNote(Text.ToArray(), [.. Signatures, .. more.Where(s => lines.Add(s.ToString()))]);
    }

    /// <summary>The times at which the key signed: none where it did not; 0 for a type that says no time.</summary>
    /// <exception cref="LedgerException">
    /// <c>note.signature</c>, <c>cosignature.format</c>: a signature of this key's name and id that is not by this key spoils the note
    /// </exception>
    public IReadOnlyList<long> SignedBy(VerifierKey key)
    {
        var times = new List<long>();
        foreach (var signature in Signatures.Where(s => s.IsBy(key)))
            times.Add(NoteSigner.Verify(key, Text.Span, signature.Signature.Span));
        return times;
    }
}
