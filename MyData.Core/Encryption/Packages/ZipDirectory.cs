using System.Buffers.Binary;

namespace MyData.Core.Encryption;

/// <summary>An entry as the central directory tells it.</summary>
internal sealed record ZipEntry
{
    public required string Name { get; init; }
    public required ReadOnlyMemory<byte> RawName { get; init; }
    public required ushort Flags { get; init; }
    public required ushort Method { get; init; }
    public required uint Crc { get; init; }
    public required uint Packed { get; init; }
    public required uint Size { get; init; }
    public required uint At { get; init; }
    public required uint UnixMode { get; init; }

    public bool IsFolder => Name[^1] == '/';
    public bool HasDescriptor => (Flags & 0x0008) != 0;
}

/// <summary>
/// Reads a ZIP (APPNOTE 6.3.10) by its central directory, and only where it can be read in one way: the directory ends where the end record
/// begins, and the end record ends the file. So nothing can be hidden before, between or behind.
/// </summary>
internal static class ZipDirectory
{
    private const int EndSize = 22;
    private const int EntrySize = 46;

    /// <exception cref="EncryptionException"><c>package.zip_format</c>, <c>package.zip_entries</c>, <c>package.zip_name</c>, <c>package.zip_traversal</c></exception>
    public static (IReadOnlyList<ZipEntry> Entries, int Start) Read(ReadOnlyMemory<byte> zip, int maxEntries)
    {
        var (count, start, end) = ReadEnd(zip.Span);
        if (count > maxEntries)
            throw new EncryptionException("package.zip_entries", $"There are more than {maxEntries} entries.");
        var entries = new List<ZipEntry>(count);
        var at = start;
        for (var i = 0; i < count; i++)
        {
            var (entry, length) = ReadEntry(zip[at..end]);
            entries.Add(entry);
            at += length;
        }
        if (at != end)
            throw Broken("Something stands between the directory and its end.");
        return (entries, start);
    }

    /// <summary>APPNOTE 4.3.16.</summary>
    private static (int Count, int Start, int End) ReadEnd(ReadOnlySpan<byte> zip)
    {
        var at = zip.Length - EndSize;
        if (at < 0 || !zip[at..].StartsWith("PK\x05\x06"u8))
            throw Broken("The file does not end with an end record.");
        var end = zip[at..];
        if (UInt32(end, 4) != 0 || UInt16(end, 8) != UInt16(end, 10) || UInt16(end, 20) != 0)
            throw Broken("The file is in several parts or has a comment.");
        var start = UInt32(end, 16);
        if (start + (long)UInt32(end, 12) != at)
            throw Broken("The directory does not end at the end record.");
        return (UInt16(end, 10), (int)start, at);
    }

    /// <summary>APPNOTE 4.3.12.</summary>
    private static (ZipEntry Entry, int Length) ReadEntry(ReadOnlyMemory<byte> rest)
    {
        var entry = rest.Span;
        if (entry.Length < EntrySize || !entry.StartsWith("PK\x01\x02"u8))
            throw Broken("The directory is broken.");
        var nameLength = UInt16(entry, 28);
        var length = EntrySize + nameLength + UInt16(entry, 30) + UInt16(entry, 32);
        if (length > entry.Length || UInt16(entry, 34) != 0)
            throw Broken("The directory is broken.");
        var rawName = rest.Slice(EntrySize, nameLength);
        var madeOnUnix = entry[5] is 3 or 19;
        var read = new ZipEntry
        {
            Name = ZipNames.Read(rawName.Span),
            RawName = rawName,
            Flags = UInt16(entry, 8),
            Method = UInt16(entry, 10),
            Crc = UInt32(entry, 16),
            Packed = UInt32(entry, 20),
            Size = UInt32(entry, 24),
            At = UInt32(entry, 42),
            UnixMode = madeOnUnix ? UInt32(entry, 38) >> 16 : 0,
        };
        return (read, length);
    }

    public static ushort UInt16(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    public static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    public static EncryptionException Broken(string message) => new("package.zip_format", message);
}
