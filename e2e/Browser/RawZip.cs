using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MyData.E2E.Browser;

/// <summary>A ZIP written field by field, so that every field can lie.</summary>
internal sealed class RawZip
{
    private readonly List<Entry> _entries = [];

    public byte[] Before { get; set; } = [];
    public byte[] Between { get; set; } = [];
    public byte[] After { get; set; } = [];
    public byte[] Comment { get; set; } = [];
    public int ExtraCount { get; set; }

    public IReadOnlyList<Entry> Entries => _entries;

    public RawZip Add(string name, byte[] content, bool stored = false)
    {
        _entries.Add(new Entry(Encoding.UTF8.GetBytes(name), content, stored));
        return this;
    }

    public Entry this[string name] => _entries.First(entry => Encoding.UTF8.GetString(entry.Name) == name);

    public byte[] Build()
    {
        using var file = new MemoryStream();
        using var directory = new MemoryStream();
        file.Write(Before);
        foreach (var entry in _entries)
        {
            var at = (uint)file.Length;
            file.Write(entry.Local());
            file.Write(Between);
            directory.Write(entry.Central(entry.At ?? at));
        }
        var start = (uint)file.Length;
        directory.WriteTo(file);
        var end = new byte[22];
        "PK\x05\x06"u8.CopyTo(end);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)(_entries.Count + ExtraCount));
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)(_entries.Count + ExtraCount));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)directory.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), start);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(20), (ushort)Comment.Length);
        file.Write(end);
        file.Write(Comment);
        file.Write(After);
        return file.ToArray();
    }

    internal sealed class Entry
    {
        public Entry(byte[] name, byte[] content, bool stored)
        {
            (Name, LocalName, Content) = (name, name, content);
            Method = (ushort)(stored ? 0 : 8);
            Packed = stored ? content : Deflate(content);
            (Crc, Size, PackedSize) = (CrcOf(content), (uint)content.Length, (uint)Packed.Length);
        }

        public byte[] Name { get; set; }
        public byte[] LocalName { get; set; }
        public byte[] Content { get; }
        public byte[] Packed { get; set; }
        public ushort Method { get; set; }
        public ushort Flags { get; set; } = 0x0800;
        public uint Crc { get; set; }
        public uint Size { get; set; }
        public uint PackedSize { get; set; }
        public uint? LocalSize { get; set; }
        public uint? At { get; set; }
        public ushort UnixMode { get; set; }
        public bool Descriptor { get; set; }

        public byte[] Local()
        {
            using var bytes = new MemoryStream();
            bytes.Write("PK\x03\x04"u8);
            bytes.Write(
                Common(Descriptor ? 0 : Crc, Descriptor ? 0 : PackedSize, Descriptor ? 0 : LocalSize ?? Size, LocalName)
            );
            bytes.Write(LocalName);
            bytes.Write(Packed);
            if (Descriptor)
                bytes.Write([
                    .. "PK\x07\x08"u8,
                    .. BitConverter.GetBytes(Crc),
                    .. BitConverter.GetBytes(PackedSize),
                    .. BitConverter.GetBytes(Size),
                ]);
            return bytes.ToArray();
        }

        public byte[] Central(uint at)
        {
            using var bytes = new MemoryStream();
            bytes.Write("PK\x01\x02"u8);
            bytes.Write([20, 3]);
            bytes.Write(Common(Crc, PackedSize, Size, Name));
            var rest = new byte[14];
            BinaryPrimitives.WriteUInt16LittleEndian(rest.AsSpan(8), UnixMode);
            BinaryPrimitives.WriteUInt32LittleEndian(rest.AsSpan(10), at);
            bytes.Write(rest);
            bytes.Write(Name);
            return bytes.ToArray();
        }

        private byte[] Common(uint crc, uint packed, uint size, byte[] name)
        {
            var common = new byte[26];
            common[0] = 20;
            BinaryPrimitives.WriteUInt16LittleEndian(common.AsSpan(2), (ushort)(Flags | (Descriptor ? 8 : 0)));
            BinaryPrimitives.WriteUInt16LittleEndian(common.AsSpan(4), Method);
            BinaryPrimitives.WriteUInt32LittleEndian(common.AsSpan(10), crc);
            BinaryPrimitives.WriteUInt32LittleEndian(common.AsSpan(14), packed);
            BinaryPrimitives.WriteUInt32LittleEndian(common.AsSpan(18), size);
            BinaryPrimitives.WriteUInt16LittleEndian(common.AsSpan(22), (ushort)name.Length);
            return common;
        }
    }

    public static byte[] Deflate(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(content);
        return packed.ToArray();
    }

    public static uint CrcOf(byte[] content)
    {
        var crc = uint.MaxValue;
        foreach (var value in content)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }
}
