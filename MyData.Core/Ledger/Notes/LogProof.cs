using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// A receipt: that an entry stands in a log which enough witnesses have seen, checkable with no network (c2sp.org/tlog-proof, file
/// extension <c>.tlog-proof</c>). It does not hold the entry itself; whoever checks it has that.
/// </summary>
/// <param name="path">the inclusion proof, hashes one behind the other</param>
/// <param name="extra">opaque and unauthenticated; null where the line is left out</param>
public sealed class LogProof(long index, byte[] path, SignedNote checkpoint, byte[]? extra = null)
{
    private const int MaxPath = 63;
    private const int MaxBytes = SignedNote.MaxBytes + 64 * 1024;
    private static ReadOnlySpan<byte> Head => "c2sp.org/tlog-proof@v1"u8;
    private static ReadOnlySpan<byte> ExtraWord => "extra "u8;
    private static ReadOnlySpan<byte> IndexWord => "index "u8;

    public long Index { get; } = index;

    public ReadOnlyMemory<byte> Path { get; } = path;

    public SignedNote Checkpoint { get; } = checkpoint;

    public byte[]? Extra { get; } = extra;

    /// <exception cref="LedgerException">
    /// <c>proof.too_large</c>, <c>proof.format</c> (first line, or no blank line), <c>proof.extra</c>, <c>proof.index</c>,
    /// <c>proof.hash</c>, <c>proof.too_long</c>, and those of <see cref="SignedNote.Parse"/>
    /// </exception>
    public static LogProof Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxBytes)
            throw new LedgerException("proof.too_large", "The proof is larger than any that we read.");
        if (
            !LogText.TryLine(ref file, out var line)
            || !line.SequenceEqual(Head)
            || !LogText.TryLine(ref file, out line)
        )
            throw new LedgerException("proof.format", "No proof of this version.");
        byte[]? extra = null;
        if (line.StartsWith(ExtraWord))
        {
            extra = LogText.TryBase64(line[ExtraWord.Length..]);
            if (extra is null || !LogText.TryLine(ref file, out line))
                throw new LedgerException("proof.extra", "The extra data is not base64.");
        }
        if (!line.StartsWith(IndexWord) || !LogText.TryDecimal(line[IndexWord.Length..], out var index))
            throw new LedgerException("proof.index", "The index is not a plain decimal below 2^63.");
        var path = HashLines(ref file, MaxPath, new("proof.format", "proof.hash", "proof.too_long"));
        return new LogProof(index, path, SignedNote.Parse(file), extra);
    }

    public byte[] ToBytes()
    {
        var text = new StringBuilder();
        text.Append(Encoding.ASCII.GetString(Head)).Append('\n');
        if (Extra is not null)
            text.Append("extra ").Append(Convert.ToBase64String(Extra)).Append('\n');
        text.Append("index ").Append(LogText.Decimal(Index)).Append('\n').AppendHashes(Path.Span).Append('\n');
        return [.. Encoding.UTF8.GetBytes(text.ToString()), .. Checkpoint.ToBytes()];
    }

    /// <summary>That this entry is at <see cref="Index"/> in a tree which the policy accepts.</summary>
    /// <exception cref="LedgerException">those of <see cref="WitnessPolicy.Require"/> and of <see cref="MerkleProofs"/></exception>
    public Checkpoint Verify(WitnessPolicy policy, ReadOnlySpan<byte> entry)
    {
        var accepted = policy.Require(Checkpoint);
        var leaf = Merkle.LeafHash(entry);
        MerkleProofs.VerifyInclusion(Index, accepted.Size, leaf, Path.Span, accepted.Root.Span);
        return accepted;
    }

    /// <summary>Lines of one hash each, up to and with an empty one.</summary>
    internal static byte[] HashLines(ref ReadOnlySpan<byte> rest, int limit, HashLineCodes codes)
    {
        var hashes = new MemoryStream();
        Span<byte> hash = stackalloc byte[Merkle.HashSize];
        while (LogText.TryLine(ref rest, out var line))
        {
            if (line.IsEmpty)
                return hashes.ToArray();
            if (hashes.Length == limit * Merkle.HashSize)
                throw new LedgerException(codes.TooLong, "More hashes than a tree is high.");
            if (!LogText.TryHash(line, hash))
                throw new LedgerException(codes.Hash, "A line is not one SHA-256 value in base64.");
            hashes.Write(hash);
        }
        throw new LedgerException(codes.Format, "The hashes do not end in an empty line.");
    }

    /// <summary>The codes of the format that the lines stand in.</summary>
    internal readonly record struct HashLineCodes(string Format, string Hash, string TooLong);
}
