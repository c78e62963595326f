using System.Buffers.Binary;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>One signature line: <c>— name base64(key id ‖ signature)</c> (c2sp.org/signed-note, "Signatures").</summary>
public sealed class NoteSignature(string name, uint keyId, byte[] signature)
{
    private const int IdBytes = 4;

    public string Name { get; } = name;

    public uint KeyId { get; } = keyId;

    /// <summary>What the key made, by its type: 64 bytes, or 8 of a time and 64.</summary>
    public ReadOnlyMemory<byte> Signature { get; } = signature;

    /// <summary>Name and id together name a key; one of them alone does not.</summary>
    public bool IsBy(VerifierKey key) => KeyId == key.Id && Name == key.Name;

    /// <summary>The line with its newline.</summary>
    public override string ToString()
    {
        var bytes = new byte[IdBytes + Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Signature.Span.CopyTo(bytes.AsSpan(IdBytes));
        return $"\u2014 {Name} {Convert.ToBase64String(bytes)}\n";
    }

    /// <param name="line">without its newline</param>
    /// <exception cref="LedgerException"><c>note.signature_line</c>, <c>note.key_name</c></exception>
    public static NoteSignature Parse(ReadOnlySpan<byte> line)
    {
        var dash = "\u2014 "u8;
        var text = line.StartsWith(dash) ? line[dash.Length..] : default;
        var space = text.IndexOf((byte)' ');
        if (space < 0)
            throw new LedgerException("note.signature_line", "A signature line has the form: dash, name, base64.");
        if (!KeyName.IsValid(text[..space]))
            throw new LedgerException("note.key_name", "A key's name has a space, a plus, or nothing in it.");
        if (LogText.TryBase64(text[(space + 1)..]) is not { Length: > IdBytes } bytes)
            throw new LedgerException("note.signature_line", "A signature is not base64, or has no bytes.");
        var name = Encoding.UTF8.GetString(text[..space]);
        return new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[IdBytes..]);
    }

    /// <summary>Lines only, as a witness answers (c2sp.org/tlog-witness).</summary>
    /// <exception cref="LedgerException">
    /// <c>note.signature_line</c>, <c>note.key_name</c>, <c>note.signatures</c>: none, or more than a note may have
    /// </exception>
    public static IReadOnlyList<NoteSignature> ParseLines(ReadOnlySpan<byte> lines)
    {
        var signatures = new List<NoteSignature>();
        while (LogText.TryLine(ref lines, out var line) && signatures.Count <= SignedNote.MaxSignatures)
            signatures.Add(Parse(line));
        if (signatures.Count is 0 or > SignedNote.MaxSignatures)
            throw new LedgerException("note.signatures", "No signature, or too many.");
        if (!lines.IsEmpty)
            throw new LedgerException("note.signature_line", "The last line has no newline.");
        return signatures;
    }
}
