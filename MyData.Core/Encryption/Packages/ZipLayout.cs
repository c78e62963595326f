namespace MyData.Core.Encryption;

/// <summary>
/// Holds the local headers to the central directory: readers differ in which of the two they believe, so they must tell the same, and the
/// entries must stand one behind the other from the first byte to the directory.
/// </summary>
internal static class ZipLayout
{
    private const int LocalSize = 30;
    private const int DescriptorSize = 12;

    /// <exception cref="EncryptionException"><c>package.zip_format</c>, <c>package.zip_overlap</c></exception>
    public static IEnumerable<(ZipEntry Entry, ReadOnlyMemory<byte> Packed)> Locate(
        ReadOnlyMemory<byte> zip,
        IReadOnlyList<ZipEntry> entries,
        int directory
    )
    {
        var found = new List<(ZipEntry, ReadOnlyMemory<byte>)>(entries.Count);
        var files = zip[..directory];
        var at = 0L;
        foreach (var entry in entries.OrderBy(e => e.At))
        {
            if (entry.At != at)
                throw Overlap(entry.Name);
            var start = at + LocalHeader(files.Span[(int)at..], entry);
            var end = start + entry.Packed;
            if (end > directory)
                throw Overlap(entry.Name);
            found.Add((entry, files[(int)start..(int)end]));
            at = end + (entry.HasDescriptor ? Descriptor(files.Span[(int)end..], entry) : 0);
        }
        return at == directory ? found : throw Overlap("the directory");
    }

    /// <summary>APPNOTE 4.3.7; its length.</summary>
    private static int LocalHeader(ReadOnlySpan<byte> header, ZipEntry entry)
    {
        if (header.Length < LocalSize || !header.StartsWith("PK\x03\x04"u8))
            throw ZipDirectory.Broken($"{entry.Name} is not where the directory says.");
        var nameLength = ZipDirectory.UInt16(header, 26);
        var length = LocalSize + nameLength + ZipDirectory.UInt16(header, 28);
        if (length > header.Length)
            throw Overlap(entry.Name);
        var sameName = header.Slice(LocalSize, nameLength).SequenceEqual(entry.RawName.Span);
        var sameKind = ZipDirectory.UInt16(header, 6) == entry.Flags && ZipDirectory.UInt16(header, 8) == entry.Method;
        var later = entry.HasDescriptor && !header.Slice(14, 12).ContainsAnyExcept((byte)0);
        if (!sameName || !sameKind || !(later || SameNumbers(header[14..], entry)))
            throw ZipDirectory.Broken($"The two headers of {entry.Name} differ.");
        return length;
    }

    /// <summary>APPNOTE 4.3.9: CRC and two sizes, with or without a signature in front; its length.</summary>
    private static int Descriptor(ReadOnlySpan<byte> rest, ZipEntry entry)
    {
        if (rest.StartsWith("PK\x07\x08"u8) && rest.Length >= 4 + DescriptorSize && SameNumbers(rest[4..], entry))
            return 4 + DescriptorSize;
        if (rest.Length >= DescriptorSize && SameNumbers(rest, entry))
            return DescriptorSize;
        throw ZipDirectory.Broken($"The trailer of {entry.Name} differs from its header.");
    }

    private static bool SameNumbers(ReadOnlySpan<byte> numbers, ZipEntry entry) =>
        ZipDirectory.UInt32(numbers, 0) == entry.Crc
        && ZipDirectory.UInt32(numbers, 4) == entry.Packed
        && ZipDirectory.UInt32(numbers, 8) == entry.Size;

    private static EncryptionException Overlap(string name) =>
        new("package.zip_overlap", $"Entries overlap, or something stands before {name}.");
}
