using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// The calling system's signature over a record, the member <c>up</c>. Alone it is base64url of 64 bytes, over
/// <c>mydata.ledger/record/v1\n</c> and the record without <c>sub</c> and <c>up</c>. For a batch it is <c>signature.index.size.path</c>: one
/// signature over <c>mydata.ledger/batch/v1\nSIZE\nROOT\n</c> (root in base64) for all, and the record's place in the tree of the
/// batch, whose leaves are the same bytes; so each record can still be checked alone.
/// </summary>
public static class CallerSignature
{
    /// <summary>Records that one signature may cover.</summary>
    public const int MaxBatch = 1024;

    /// <summary>Bytes of the member at most: a signature, two numbers, and a path of ten hashes.</summary>
    internal const int MaxBytes = 540;

    private const int SignatureCharacters = 86;
    private const int MaxPath = 10;
    private static readonly SearchValues<byte> Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8
    );

    // The characters whose four, or two, lowest bits are 0.
    private static readonly SearchValues<byte> LastOfOne = SearchValues.Create("AQgw"u8);
    private static readonly SearchValues<byte> LastOfTwo = SearchValues.Create("AEIMQUYcgkosw048"u8);

    /// <summary>What a key signs for one record.</summary>
    /// <param name="signedBytes">see <see cref="LedgerRecord.ToSignedBytes"/></param>
    public static byte[] Message(ReadOnlySpan<byte> signedBytes) => [.. "mydata.ledger/record/v1\n"u8, .. signedBytes];

    /// <summary>What a key signs for a batch.</summary>
    /// <param name="root">of the tree whose leaves are the records' signed bytes</param>
    public static byte[] BatchMessage(int size, ReadOnlySpan<byte> root) =>
        Encoding.ASCII.GetBytes($"mydata.ledger/batch/v1\n{LogText.Decimal(size)}\n{Convert.ToBase64String(root)}\n");

    public static string Single(ReadOnlySpan<byte> signature) => Base64Url.EncodeToString(signature);

    /// <param name="path">the inclusion proof in the batch's tree</param>
    public static string Batch(ReadOnlySpan<byte> signature, int index, int size, ReadOnlySpan<byte> path) =>
        $"{Single(signature)}.{LogText.Decimal(index)}.{LogText.Decimal(size)}.{Base64Url.EncodeToString(path)}";

    /// <summary>That the record is signed by this key.</summary>
    /// <exception cref="LedgerException"><c>record.unsigned</c>, <c>record.up</c>, <c>record.signature</c></exception>
    public static void Verify(LedgerRecord record, ICallerKey key)
    {
        if (record.Signature is not { } text)
            throw new LedgerException("record.unsigned", "The record carries no signature of its caller.");
        if (!IsWellFormed(Encoding.UTF8.GetBytes(text)))
            throw new LedgerException("record.up", "Not a signature, nor one with a path.");
        var bytes = record.ToSignedBytes();
        var parts = text.Split('.');
        var message = parts.Length == 1 ? Message(bytes) : BatchMessage(parts, Merkle.LeafHash(bytes));
        if (!key.Verify(message, Base64Url.DecodeFromChars(parts[0])))
            throw new LedgerException("record.signature", "The signature is not of these bytes by this key.");
    }

    internal static bool IsWellFormed(ReadOnlySpan<byte> text)
    {
        var signature = Part(ref text, out var more);
        if (signature.Length != SignatureCharacters || !IsBase64Url(signature))
            return false;
        if (!more)
            return true;
        var (index, size) = (Number(Part(ref text, out _)), Number(Part(ref text, out more)));
        return index >= 0
            && index < size
            && size <= MaxBatch
            && more
            && IsBase64Url(text)
            && Base64Url.GetMaxDecodedLength(text.Length) <= MaxPath * Merkle.HashSize;
    }

    private static ReadOnlySpan<byte> Part(ref ReadOnlySpan<byte> rest, out bool more)
    {
        var end = rest.IndexOf((byte)'.');
        more = end >= 0;
        var part = more ? rest[..end] : rest;
        rest = more ? rest[(end + 1)..] : [];
        return part;
    }

    private static long Number(ReadOnlySpan<byte> text) => LogText.TryDecimal(text, out var number) ? number : -1;

    /// <summary>Whether no bits stand behind the last byte, so that the bytes have one spelling.</summary>
    internal static bool IsCanonicalEnd(byte last, int length) =>
        (length % 4) switch
        {
            0 => true,
            2 => LastOfOne.Contains(last),
            3 => LastOfTwo.Contains(last),
            _ => false,
        };

    internal static bool IsBase64Url(ReadOnlySpan<byte> text) =>
        !text.ContainsAnyExcept(Characters) && (text.IsEmpty || IsCanonicalEnd(text[^1], text.Length));

    private static byte[] BatchMessage(string[] parts, ReadOnlySpan<byte> leaf)
    {
        LogText.TryDecimal(Encoding.ASCII.GetBytes(parts[1]), out var index);
        LogText.TryDecimal(Encoding.ASCII.GetBytes(parts[2]), out var size);
        var path = Base64Url.DecodeFromChars(parts[3]);
        var root = MerkleProofs.RootFrom(index, size, leaf, path);
        return BatchMessage((int)size, root);
    }
}
