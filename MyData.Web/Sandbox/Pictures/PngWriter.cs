using System.Buffers.Binary;
using System.IO.Compression;

namespace MyData.Web.Sandbox.Pictures;

/// <summary>Writes pictures with a palette as PNG (ISO/IEC 15948): 8 bits a pixel, no filter, no interlacing.</summary>
public static class PngWriter
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <param name="pixels">One palette index a pixel, row by row.</param>
    /// <param name="palette">At most 256 colours as 0xRRGGBB.</param>
    /// <param name="width">Pixels in a row; the pixels' count must be a whole number of rows.</param>
    public static byte[] Write(ReadOnlySpan<byte> pixels, int width, ReadOnlySpan<int> palette)
    {
        var height = pixels.Length / width;
        using var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8; // bits a pixel
        header[9] = 3; // palette
        Chunk(png, "IHDR"u8, header);

        var colours = new byte[palette.Length * 3];
        for (var i = 0; i < palette.Length; i++)
        {
            colours[i * 3] = (byte)(palette[i] >> 16);
            colours[(i * 3) + 1] = (byte)(palette[i] >> 8);
            colours[(i * 3) + 2] = (byte)palette[i];
        }
        Chunk(png, "PLTE"u8, colours);

        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var row = 0; row < height; row++)
            {
                zlib.WriteByte(0); // filter type none
                zlib.Write(pixels.Slice(row * width, width));
            }
        }
        Chunk(png, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        png.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var b in data)
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            var c = n;
            for (var bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            table[n] = c;
        }
        return table;
    }
}
