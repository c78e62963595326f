using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MyData.Core.Encryption;

/// <summary>
/// Writes the plainest ZIP there is (APPNOTE 6.3.10): entries one after the other with their sizes in front, no descriptors, no extra
/// fields, UTF-8 names. The same content gives the same bytes.
/// </summary>
internal sealed class ZipWriter(DateTimeOffset time)
{
    private const ushort Version = 20;
    private const ushort Utf8Names = 1 << 11;
    private const int MaxRatio = 100;

    private readonly MemoryStream _file = new();
    private readonly MemoryStream _directory = new();
    private ushort _count;

    public void Add(string name, ReadOnlySpan<byte> content)
    {
        var packed = Deflate(content);
        // Readers refuse a ratio above 100, and deflate reaches 1,000 on a table of zeros.
        var stored = packed.Length >= content.Length || packed.Length * (long)MaxRatio < content.Length;
        var at = (uint)_file.Length;
        var nameBytes = Encoding.UTF8.GetBytes(name);
        Span<byte> common = stackalloc byte[26];
        BinaryPrimitives.WriteUInt16LittleEndian(common, Version);
        BinaryPrimitives.WriteUInt16LittleEndian(common[2..], Utf8Names);
        BinaryPrimitives.WriteUInt16LittleEndian(common[4..], (ushort)(stored ? 0 : 8));
        BinaryPrimitives.WriteUInt32LittleEndian(common[6..], DosTime());
        BinaryPrimitives.WriteUInt32LittleEndian(common[10..], Crc32.Of(content));
        BinaryPrimitives.WriteUInt32LittleEndian(common[14..], (uint)(stored ? content.Length : packed.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(common[18..], (uint)content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(common[22..], (ushort)nameBytes.Length);
        common[24..].Clear();

        _file.Write("PK\x03\x04"u8);
        _file.Write(common);
        _file.Write(nameBytes);
        _file.Write(stored ? content : packed.GetBuffer().AsSpan(0, (int)packed.Length));

        _directory.Write("PK\x01\x02"u8);
        WriteUInt16(_directory, Version);
        _directory.Write(common);
        Span<byte> rest = stackalloc byte[14];
        rest.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(rest[10..], at);
        _directory.Write(rest);
        _directory.Write(nameBytes);
        _count++;
    }

    public byte[] Finish()
    {
        var start = (uint)_file.Length;
        _directory.WriteTo(_file);
        _file.Write("PK\x05\x06\0\0\0\0"u8);
        WriteUInt16(_file, _count);
        WriteUInt16(_file, _count);
        Span<byte> end = stackalloc byte[10];
        BinaryPrimitives.WriteUInt32LittleEndian(end, (uint)_directory.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(end[4..], start);
        end[8..].Clear();
        _file.Write(end);
        return _file.ToArray();
    }

    /// <summary>APPNOTE 4.4.6: two seconds are the finest step, 1980 the first year.</summary>
    private uint DosTime()
    {
        var t = time.UtcDateTime.Year < 1980 ? new DateTime(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc) : time.UtcDateTime;
        var date = ((t.Year - 1980) << 9) | (t.Month << 5) | t.Day;
        return (uint)((date << 16) | (t.Hour << 11) | (t.Minute << 5) | (t.Second / 2));
    }

    private static MemoryStream Deflate(ReadOnlySpan<byte> content)
    {
        var packed = new MemoryStream(Math.Max(256, content.Length / 4));
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(content);
        return packed;
    }

    private static void WriteUInt16(Stream stream, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}
