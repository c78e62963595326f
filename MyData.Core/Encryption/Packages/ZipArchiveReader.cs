using System.Security.Cryptography;

namespace MyData.Core.Encryption;

/// <summary>
/// The checked entries of a ZIP. Checks run from the cheap to the dear, and none unpacks more than an entry declares, after the declared
/// sizes were held to the limits: a bomb never goes off.
/// </summary>
internal sealed class ZipArchiveReader
{
    private readonly Dictionary<string, (ZipEntry Entry, ReadOnlyMemory<byte> Packed)> _files = new(
        StringComparer.Ordinal
    );

    private ZipArchiveReader() { }

    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <exception cref="EncryptionException"><c>package.too_large</c>, <c>package.zip_…</c></exception>
    public static ZipArchiveReader Read(ReadOnlyMemory<byte> zip, PackageLimits limits)
    {
        if (zip.Length > limits.Packed)
            throw new EncryptionException("package.too_large", $"The ZIP has more than {limits.Packed} bytes.");
        var (entries, directory) = ZipDirectory.Read(zip, limits.Entries);
        RefuseDuplicates(entries);
        foreach (var entry in entries)
            RefuseKind(entry);
        RefuseBombs(entries, limits);
        var reader = new ZipArchiveReader();
        foreach (var (entry, packed) in ZipLayout.Locate(zip, entries, directory))
        {
            if (!entry.IsFolder)
                reader._files.Add(entry.Name, (entry, packed));
        }
        return reader;
    }

    /// <summary>The content of a small file, or null where there is none.</summary>
    public byte[]? Find(string name, int maxBytes)
    {
        if (!_files.TryGetValue(name, out var file))
            return null;
        if (file.Entry.Size > maxBytes)
            throw new EncryptionException("package.too_large", $"{name} has more than {maxBytes} bytes.");
        return Read(name);
    }

    public byte[] Read(string name)
    {
        var (entry, packed) = _files[name];
        var content = GC.AllocateUninitializedArray<byte>((int)entry.Size);
        var at = 0;
        ZipInflate.Each(
            entry,
            packed,
            piece =>
            {
                piece.CopyTo(content.AsSpan(at));
                at += piece.Length;
            }
        );
        return content;
    }

    /// <summary>SHA-256 of a file in lower-case hexadecimal digits, without holding the file.</summary>
    public string Digest(string name)
    {
        var (entry, packed) = _files[name];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ZipInflate.Each(entry, packed, hash.AppendData);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void RefuseDuplicates(IReadOnlyList<ZipEntry> entries)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (entries.Any(e => !keys.Add(ZipNames.Key(e.Name))))
            throw new EncryptionException("package.zip_duplicate", "Two entries have the same name, or nearly.");
    }

    private static void RefuseKind(ZipEntry entry)
    {
        const ushort encrypted = 0x2041;
        const uint fileType = 0xF000;
        const uint regular = 0x8000;
        const uint folder = 0x4000;
        if ((entry.Flags & encrypted) != 0)
            throw new EncryptionException("package.zip_encrypted", $"{entry.Name} is encrypted.");
        if (entry.Method is not (0 or 8))
            throw new EncryptionException(
                "package.zip_method",
                $"{entry.Name} is compressed by method {entry.Method}."
            );
        if ((entry.UnixMode & fileType) is not (0 or regular or folder))
            throw new EncryptionException("package.zip_symlink", $"{entry.Name} is a link or a device.");
        if (entry.Method == 0 && entry.Packed != entry.Size)
            throw ZipDirectory.Broken($"{entry.Name} is stored, with two sizes.");
        if (entry.IsFolder && entry.Size != 0)
            throw ZipDirectory.Broken($"{entry.Name} is a folder with content.");
    }

    private static void RefuseBombs(IReadOnlyList<ZipEntry> entries, PackageLimits limits)
    {
        if (
            entries.Sum(e => (long)e.Size) > limits.Unpacked
            || entries.Any(e => e.Size > (long)e.Packed * limits.Ratio)
        )
            throw new EncryptionException("package.zip_bomb", "It unpacks to too much.");
    }
}
