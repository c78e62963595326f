using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>What a key's signatures are over (c2sp.org/signed-note, "Signature types"). The other types are not ours.</summary>
public enum SignatureType : byte
{
    /// <summary>Of the note's text.</summary>
    Ed25519 = 0x01,

    /// <summary>Of a checkpoint and a time (c2sp.org/tlog-cosignature, "Ed25519 signed message").</summary>
    Cosignature = 0x04,
}

/// <summary>
/// A public key with the name and id by which a note's signature finds it, as text <c>name+id+base64(type ‖ key)</c>: the "vkey" of
/// c2sp.org/signed-note.
/// </summary>
public sealed class VerifierKey
{
    private VerifierKey(string name, SignatureType type, Ed25519PublicKey key) =>
        (Name, Type, Key, Id) = (name, type, key, IdOf(name, type, key.Bytes));

    public string Name { get; }

    public SignatureType Type { get; }

    public Ed25519PublicKey Key { get; }

    /// <summary>SHA-256(name ‖ 0x0A ‖ type ‖ key), the first four bytes.</summary>
    public uint Id { get; }

    /// <exception cref="LedgerException"><c>note.key_name</c></exception>
    public static VerifierKey Create(string name, SignatureType type, Ed25519PublicKey key) =>
        KeyName.IsValid(Encoding.UTF8.GetBytes(name))
            ? new VerifierKey(name, type, key)
            : throw new LedgerException("note.key_name", "A key's name has a space, a plus, or nothing in it.");

    /// <exception cref="LedgerException">
    /// <c>note.vkey</c>, <c>note.key_name</c>, <c>note.key_type</c> (not ours), <c>note.key_id</c> (another key's), <c>ed25519.key</c>
    /// </exception>
    public static VerifierKey Parse(string text)
    {
        var parts = text.Split('+', 3);
        if (parts.Length != 3 || parts[1].Length != 8 || !parts[1].All(char.IsAsciiHexDigitLower))
            throw new LedgerException("note.vkey", "A key has the form name+id+base64.");
        if (!KeyName.IsValid(Encoding.UTF8.GetBytes(parts[0])))
            throw new LedgerException("note.key_name", "A key's name has a space, a plus, or nothing in it.");
        if (LogText.TryBase64(Encoding.UTF8.GetBytes(parts[2])) is not { Length: > 0 } bytes)
            throw new LedgerException("note.vkey", "The key is not base64.");
        if (bytes[0] is not ((byte)SignatureType.Ed25519 or (byte)SignatureType.Cosignature))
            throw new LedgerException("note.key_type", $"Keys of type 0x{bytes[0]:x2} are not ours.");
        var key = new VerifierKey(parts[0], (SignatureType)bytes[0], new Ed25519PublicKey(bytes.AsSpan(1)));
        if (!$"{key.Id:x8}".Equals(parts[1], StringComparison.Ordinal))
            throw new LedgerException("note.key_id", "The id is another key's.");
        return key;
    }

    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([(byte)Type, .. Key.Bytes])}";

    private static uint IdOf(string name, SignatureType type, ReadOnlySpan<byte> key)
    {
        var hash = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)type, .. key]);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }
}
