using System.Text;
using System.Text.Unicode;

namespace MyData.Core.Ledger;

/// <summary>What a log says of itself at one size (c2sp.org/tlog-checkpoint, "Note text"): the text of a note that it signs.</summary>
public sealed class Checkpoint
{
    private const int MaxExtensions = 16;

    private readonly byte[] _root;

    /// <param name="root">of the tree, 32 bytes</param>
    /// <exception cref="LedgerException"><c>checkpoint.origin</c>, <c>checkpoint.size</c>, <c>checkpoint.root</c></exception>
    public Checkpoint(string origin, long size, ReadOnlySpan<byte> root)
        : this(origin, size, root.ToArray(), [])
    {
        if (origin.Length == 0 || origin.Any(char.IsControl))
            throw new LedgerException("checkpoint.origin", "The origin is empty or more than a line.");
        if (size < 0)
            throw new LedgerException("checkpoint.size", "The size is negative.");
        if (root.Length != Merkle.HashSize)
            throw new LedgerException("checkpoint.root", "The root is no SHA-256 value.");
    }

    private Checkpoint(string origin, long size, byte[] root, IReadOnlyList<string> extensions) =>
        (Origin, Size, _root, Extensions) = (origin, size, root, extensions);

    /// <summary>Which log this is.</summary>
    public string Origin { get; }

    /// <summary>Leaves of the tree.</summary>
    public long Size { get; }

    public ReadOnlyMemory<byte> Root => _root;

    /// <summary>Lines behind the third. Opaque; our logs write none, and nothing here acts on them.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <param name="text">of a note</param>
    /// <exception cref="LedgerException">
    /// <c>checkpoint.format</c> (fewer than three lines), <c>checkpoint.origin</c>, <c>checkpoint.size</c>, <c>checkpoint.root</c>,
    /// <c>checkpoint.extension</c> (an empty line, or more than 16)
    /// </exception>
    public static Checkpoint Parse(ReadOnlySpan<byte> text)
    {
        if (
            !Utf8.IsValid(text)
            || !LogText.TryLine(ref text, out var origin)
            || !LogText.TryLine(ref text, out var size)
            || !LogText.TryLine(ref text, out var root)
        )
            throw new LedgerException("checkpoint.format", "A checkpoint has three lines of UTF-8 at least.");
        if (origin.IsEmpty)
            throw new LedgerException("checkpoint.origin", "The origin is empty.");
        if (!LogText.TryDecimal(size, out var leaves))
            throw new LedgerException("checkpoint.size", "The size is not a plain decimal below 2^63.");
        var hash = new byte[Merkle.HashSize];
        if (!LogText.TryHash(root, hash))
            throw new LedgerException("checkpoint.root", "The root is not one SHA-256 value in base64.");
        var extensions = new List<string>();
        while (LogText.TryLine(ref text, out var line))
            extensions.Add(Encoding.UTF8.GetString(line));
        if (!text.IsEmpty || extensions.Contains("") || extensions.Count > MaxExtensions)
            throw new LedgerException("checkpoint.extension", "An empty line, or too many.");
        return new Checkpoint(Encoding.UTF8.GetString(origin), leaves, hash, extensions);
    }

    /// <summary>The text that is signed.</summary>
    public byte[] ToText()
    {
        var text = new StringBuilder();
        text.Append(Origin).Append('\n').Append(LogText.Decimal(Size)).Append('\n').AppendHashes(_root);
        foreach (var line in Extensions)
            text.Append(line).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The note with this checkpoint and the log's signature.</summary>
    public SignedNote Sign(NoteSigner log)
    {
        var text = ToText();
        return new SignedNote(text, [log.Sign(text)]);
    }
}
