using System.Buffers.Binary;

namespace MyData.Core.Ledger;

/// <summary>
/// <c>add-checkpoint</c> with the new entries in the same request, for witnesses that keep a copy: the length of the standard's body (four
/// bytes, big-endian), that body, and the entries from its old size to its new one as a bundle. Answers are those of the standard.
/// </summary>
public static class AddEntries
{
    /// <summary>Bytes before the standard's body.</summary>
    public const int HeadSize = sizeof(int);

    /// <summary>Bytes of the longest <see cref="AddCheckpoint"/>: a note, and 64 lines before it.</summary>
    public const int MaxCheckpoint = SignedNote.MaxBytes + 4 * 1024;

    /// <summary>Entries in one request: a log that is further ahead sends several.</summary>
    public const int MaxEntries = 4096;

    /// <summary>Bytes of entries in one request; room for more than <see cref="MaxEntries"/> usual ones.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <param name="bundle">the entries, as <see cref="EntryBundle"/> writes them</param>
    public static byte[] Write(AddCheckpoint add, ReadOnlySpan<byte> bundle)
    {
        var first = add.ToBytes();
        var body = new byte[HeadSize + first.Length + bundle.Length];
        BinaryPrimitives.WriteInt32BigEndian(body, first.Length);
        first.CopyTo(body, HeadSize);
        bundle.CopyTo(body.AsSpan(HeadSize + first.Length));
        return body;
    }

    /// <summary>How long the standard's body is.</summary>
    /// <param name="head">the first <see cref="HeadSize"/> bytes</param>
    /// <exception cref="LedgerException"><c>witness.length</c>: longer than any (400)</exception>
    public static int CheckpointLength(ReadOnlySpan<byte> head) =>
        BinaryPrimitives.ReadInt32BigEndian(head) is var length && length is > 0 and <= MaxCheckpoint
            ? length
            : throw new LedgerException("witness.length", "The checkpoint is longer than any, or not there.");

    /// <summary>The entries of a bundle, each with its leaf hash: as many as the two sizes are apart.</summary>
    /// <exception cref="LedgerException"><c>witness.entries</c>, <c>bundle.length</c> (400)</exception>
    public static IReadOnlyList<byte[]> Read(ReadOnlySpan<byte> bundle, long count, out byte[] leafHashes)
    {
        var entries = new List<byte[]>();
        var hashes = new MemoryStream();
        var rest = new EntryBundle(bundle);
        Span<byte> hash = stackalloc byte[Merkle.HashSize];
        while (rest.TryNext(out var entry))
        {
            entries.Add(entry.ToArray());
            Merkle.LeafHash(entry, hash);
            hashes.Write(hash);
        }
        leafHashes = hashes.ToArray();
        return entries.Count == count
            ? entries
            : throw new LedgerException(
                "witness.entries",
                $"{entries.Count} entries, and the sizes are {count} apart."
            );
    }
}
