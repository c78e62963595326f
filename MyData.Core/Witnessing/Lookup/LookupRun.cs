using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// The keys of the records [from, to) of a copy, sorted, as one file that is never changed: magic (8 bytes), from (8), to (8), rows (8), the
/// root of the tree of size <c>to</c> (32), the rows, SHA-256 of all before. In memory it holds a key for each 170 rows.
/// </summary>
/// <remarks>
/// Derived: written without fsync, and thrown away unless it is whole and of this very tree. A reader may still be in a file that was
/// merged into another; it closes when the last one lets go.
/// </remarks>
internal sealed class LookupRun
{
    public const string Extension = ".run";

    private const int HeadSize = 8 + 3 * sizeof(long) + Merkle.HashSize;
    private const int RowsInBlock = 170;
    private const int BlockSize = RowsInBlock * LookupRow.Size;
    private static ReadOnlySpan<byte> Magic => "mdlkup1\n"u8;

    private readonly SafeFileHandle _file;
    private readonly UInt128[] _firsts;

    private LookupRun(string path, SafeFileHandle file, byte[] head, UInt128[] firsts)
    {
        (Path, _file, _firsts) = (path, file, firsts);
        From = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8));
        To = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(16));
        Count = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(24));
        Root = head[32..];
    }

    public string Path { get; }
    public long From { get; }
    public long To { get; }

    /// <summary>Rows.</summary>
    public long Count { get; }

    public byte[] Root { get; }

    /// <summary>A file that was written before; null where it is not whole.</summary>
    /// <exception cref="IOException">it cannot be read</exception>
    public static LookupRun? Open(string path)
    {
        var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        var run = Read(path, file);
        if (run is null)
            file.Dispose();
        return run;
    }

    /// <param name="rows">sorted</param>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public static LookupRun Write(
        string folder,
        long from,
        long to,
        byte[] root,
        long count,
        IEnumerable<LookupRow> rows
    )
    {
        var head = new byte[HeadSize];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(8), from);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(16), to);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(24), count);
        root.CopyTo(head, 32);
        var name = string.Create(CultureInfo.InvariantCulture, $"{from:D12}-{to:D12}{Extension}");
        var path = System.IO.Path.Combine(folder, name);
        var beside = path + ".tmp";
        var firsts = new UInt128[(count + RowsInBlock - 1) / RowsInBlock];
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            Put(head);
            Span<byte> bytes = stackalloc byte[LookupRow.Size];
            var at = 0L;
            foreach (var row in rows)
            {
                if (at % RowsInBlock == 0)
                    firsts[at / RowsInBlock] = row.Key.Bytes;
                row.Write(bytes);
                Put(bytes);
                at++;
            }
            stream.Write(hash.GetHashAndReset());

            void Put(ReadOnlySpan<byte> some)
            {
                hash.AppendData(some);
                stream.Write(some);
            }
        }
        File.Move(beside, path, overwrite: true);
        return new LookupRun(path, File.OpenHandle(path, options: FileOptions.RandomAccess), head, firsts);
    }

    /// <summary>The first place of a key; −1 where it is not there.</summary>
    public long Find(LookupKey key)
    {
        var wanted = key.Bytes;
        // Rows of one key may go over several blocks, the first of them being in the block before.
        var block = Math.Max(0, FirstNotBelow(wanted) - 1);
        Span<byte> bytes = stackalloc byte[BlockSize];
        for (; block < _firsts.Length && _firsts[block] <= wanted; block++)
        {
            var rows = bytes[..(int)(Math.Min(RowsInBlock, Count - (long)block * RowsInBlock) * LookupRow.Size)];
            ReadExactly(_file, rows, HeadSize + (long)block * BlockSize);
            for (; rows.Length > 0; rows = rows[LookupRow.Size..])
            {
                var row = LookupRow.Read(rows);
                var order = row.Key.Order(key);
                if (order >= 0)
                    return order == 0 ? row.Place : -1;
            }
        }
        return -1;
    }

    /// <summary>All rows, in order.</summary>
    public IEnumerable<LookupRow> Rows()
    {
        var some = new byte[BlockSize * 64];
        for (var at = 0L; at < Count; )
        {
            var length = (int)Math.Min(some.Length, (Count - at) * LookupRow.Size);
            ReadExactly(_file, some.AsSpan(0, length), HeadSize + at * LookupRow.Size);
            for (var row = 0; row < length; row += LookupRow.Size)
                yield return LookupRow.Read(some.AsSpan(row, LookupRow.Size));
            at += length / LookupRow.Size;
        }
    }

    private static LookupRun? Read(string path, SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var head = new byte[HeadSize];
        if (length < HeadSize + SHA256.HashSizeInBytes || RandomAccess.Read(file, head, 0) != HeadSize)
            return null;
        var count = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(24));
        var whole = head.AsSpan().StartsWith(Magic) && count >= 0;
        if (!whole || (length - HeadSize - SHA256.HashSizeInBytes) / LookupRow.Size != count)
            return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        var firsts = new UInt128[(count + RowsInBlock - 1) / RowsInBlock];
        var end = HeadSize + count * LookupRow.Size;
        var some = new byte[BlockSize * 64];
        for (var at = (long)HeadSize; at < end; )
        {
            var blocks = some.AsSpan(0, (int)Math.Min(some.Length, end - at));
            ReadExactly(file, blocks, at);
            for (var row = 0; row < blocks.Length; row += BlockSize)
                firsts[(at - HeadSize + row) / BlockSize] = BinaryPrimitives.ReadUInt128BigEndian(blocks[row..]);
            hash.AppendData(blocks);
            at += blocks.Length;
        }
        var said = new byte[SHA256.HashSizeInBytes];
        var there = RandomAccess.Read(file, said, end) == said.Length && length == end + said.Length;
        return there && hash.GetHashAndReset().AsSpan().SequenceEqual(said) ? new(path, file, head, firsts) : null;
    }

    private int FirstNotBelow(UInt128 wanted)
    {
        var (low, high) = (0, _firsts.Length);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (_firsts[middle] < wanted)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static void ReadExactly(SafeFileHandle file, Span<byte> bytes, long at)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(file, bytes, at);
            if (read == 0)
                throw new EndOfStreamException();
            bytes = bytes[read..];
            at += read;
        }
    }
}
