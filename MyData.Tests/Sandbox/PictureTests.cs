using System.Buffers.Binary;
using System.IO.Compression;
using MyData.Web.Sandbox.Personas;
using MyData.Web.Sandbox.Pictures;

namespace MyData.Tests.Sandbox;

public sealed class PictureTests
{
    [Fact]
    public void Write_ThreeColours_GivesPixelsBack()
    {
        byte[] pixels = [0, 1, 2, 2, 1, 0];
        var (width, height, rows, palette) = Read(PngWriter.Write(pixels, 3, [0x112233, 0x445566, 0x778899]));
        Assert.Equal((3, 2), (width, height));
        Assert.Equal([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99], palette);
        Assert.Equal([0, 0, 1, 2, 0, 2, 1, 0], rows);
    }

    [Fact]
    public void Cards_OfEverybody_AreWholePicturesThatDiffer()
    {
        var fronts = SandboxPersonas.All.Select(CardPicture.Front).ToList();
        Assert.All(fronts, png => Assert.Equal((720, 454), (Read(png).Width, Read(png).Height)));
        Assert.All(SandboxPersonas.All.Select(CardPicture.Back), png => Assert.Equal(721 * 454, Read(png).Rows.Length));
        Assert.Equal(fronts.Count, fronts.Select(Convert.ToBase64String).Distinct().Count());
        Assert.All(fronts, png => Assert.InRange(png.Length, 2_000, 40_000));
    }

    /// <summary>A reader of its own: checks the order and the checksum of every chunk.</summary>
    private static (int Width, int Height, byte[] Rows, byte[] Palette) Read(byte[] png)
    {
        var chunks = new List<(string Type, byte[] Data)>();
        for (var at = 8; at < png.Length; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var covered = png.AsSpan(at + 4, length + 4);
            Assert.Equal(Crc(covered), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            chunks.Add((System.Text.Encoding.ASCII.GetString(covered[..4]), covered[4..].ToArray()));
            at += length + 12;
        }
        Assert.Equal(["IHDR", "PLTE", "IDAT", "IEND"], chunks.Select(c => c.Type));
        using var zlib = new ZLibStream(new MemoryStream(chunks[2].Data), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        return (
            BinaryPrimitives.ReadInt32BigEndian(chunks[0].Data),
            BinaryPrimitives.ReadInt32BigEndian(chunks[0].Data.AsSpan(4)),
            rows.ToArray(),
            chunks[1].Data
        );
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }
        return ~crc;
    }
}
