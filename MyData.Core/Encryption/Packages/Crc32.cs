namespace MyData.Core.Encryption;

/// <summary>CRC-32 of ZIP (APPNOTE 4.4.7), eight bytes at a step. Finds damage, not forgery.</summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = Build();

    public static uint Of(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Goes on from the CRC of what came before; start with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var t = Tables;
        crc = ~crc;
        for (; data.Length >= 8; data = data[8..])
        {
            var low = crc ^ System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data);
            crc =
                t[7][low & 255]
                ^ t[6][(low >> 8) & 255]
                ^ t[5][(low >> 16) & 255]
                ^ t[4][low >> 24]
                ^ t[3][data[4]]
                ^ t[2][data[5]]
                ^ t[1][data[6]]
                ^ t[0][data[7]];
        }
        foreach (var b in data)
            crc = t[0][(crc ^ b) & 255] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[][] Build()
    {
        var tables = new uint[8][];
        for (var step = 0; step < 8; step++)
        {
            tables[step] = new uint[256];
            for (var value = 0u; value < 256; value++)
                tables[step][value] = step == 0 ? OfByte(value) : Shift(tables, step, value);
        }
        return tables;
    }

    private static uint Shift(uint[][] tables, int step, uint value)
    {
        var before = tables[step - 1][value];
        return (before >> 8) ^ tables[0][before & 255];
    }

    private static uint OfByte(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ 0xEDB88320;
        return value;
    }
}
