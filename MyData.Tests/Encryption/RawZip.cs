using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>An entry of a ZIP in which everything can be wrong.</summary>
internal sealed record RawEntry(byte[] Name, byte[] Content)
{
    public RawEntry(string name, byte[] content)
        : this(Encoding.UTF8.GetBytes(name), content) { }

    public ushort Method { get; init; }
    public ushort Flags { get; init; } = 1 << 11;
    public byte[]? LocalName { get; init; }
    public ushort? LocalFlags { get; init; }
    public uint? Crc { get; init; }
    public uint? Size { get; init; }
    public uint? LocalSize { get; init; }
    public uint? At { get; init; }
    public uint UnixMode { get; init; }
    public bool Descriptor { get; init; }

    /// <summary>Bytes behind the packed content, counted into its size.</summary>
    public byte[] Hidden { get; init; } = [];

    /// <summary>Bytes in front of the local header.</summary>
    public byte[] Gap { get; init; } = [];
}

/// <summary>Writes what it is told, for the attack set. Nothing of the code under test but its CRC.</summary>
internal static class RawZip
{
    public static byte[] Write(IEnumerable<RawEntry> entries, Func<byte[], byte[]>? end = null)
    {
        var file = new MemoryStream();
        var directory = new MemoryStream();
        ushort count = 0;
        foreach (var entry in entries)
        {
            file.Write(entry.Gap);
            var at = entry.At ?? (uint)file.Length;
            byte[] packed = [.. entry.Method == 8 ? Deflate(entry.Content) : entry.Content, .. entry.Hidden];
            if (entry.At is null)
                WriteLocal(file, entry, packed);
            WriteCentral(directory, entry, packed, at);
            count++;
        }
        var start = (uint)file.Length;
        directory.WriteTo(file);
        var record = new byte[22];
        "PK\x05\x06"u8.CopyTo(record);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(8), count);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(10), count);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12), (uint)directory.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(16), start);
        file.Write(end is null ? record : end(record));
        return file.ToArray();
    }

    public static byte[] Deflate(byte[] content)
    {
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(content);
        return packed.ToArray();
    }

    private static void WriteLocal(MemoryStream file, RawEntry entry, byte[] packed)
    {
        var header = new byte[30];
        var name = entry.LocalName ?? entry.Name;
        "PK\x03\x04"u8.CopyTo(header);
        Common(header.AsSpan(4), entry, packed, entry.LocalFlags ?? Flags(entry));
        if (entry.LocalSize is { } lie)
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(22), lie);
        if (entry.Descriptor)
            header.AsSpan(14, 12).Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(26), (ushort)name.Length);
        file.Write(header);
        file.Write(name);
        file.Write(packed);
        if (!entry.Descriptor)
            return;
        var descriptor = new byte[16];
        "PK\x07\x08"u8.CopyTo(descriptor);
        Numbers(descriptor.AsSpan(4), entry, packed);
        file.Write(descriptor);
    }

    private static void WriteCentral(MemoryStream directory, RawEntry entry, byte[] packed, uint at)
    {
        var header = new byte[46];
        "PK\x01\x02"u8.CopyTo(header);
        header[4] = 20;
        header[5] = (byte)(entry.UnixMode == 0 ? 0 : 3);
        Common(header.AsSpan(6), entry, packed, Flags(entry));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(28), (ushort)entry.Name.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(38), entry.UnixMode << 16);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(42), at);
        directory.Write(header);
        directory.Write(entry.Name);
    }

    private static ushort Flags(RawEntry entry) => (ushort)(entry.Flags | (entry.Descriptor ? 8 : 0));

    private static void Common(Span<byte> header, RawEntry entry, byte[] packed, ushort flags)
    {
        header[0] = 20;
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], entry.Method);
        Numbers(header[10..], entry, packed);
    }

    private static void Numbers(Span<byte> target, RawEntry entry, byte[] packed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, entry.Crc ?? Crc32.Of(entry.Content));
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)packed.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], entry.Size ?? (uint)entry.Content.Length);
    }
}
