namespace MyData.Web.Sandbox.Pictures;

/// <summary>A grid of palette indexes with the few shapes that a drawn card needs. Whatever falls outside is cut off.</summary>
public sealed class Canvas(int width, int height)
{
    private readonly byte[] pixels = new byte[width * height];

    public ReadOnlySpan<byte> Pixels => pixels;

    public int Width => width;

    public void Box(int left, int top, int right, int bottom, byte colour)
    {
        for (var y = Math.Max(top, 0); y < Math.Min(bottom, height); y++)
        {
            for (var x = Math.Max(left, 0); x < Math.Min(right, width); x++)
                pixels[(y * width) + x] = colour;
        }
    }

    public void Frame(int left, int top, int right, int bottom, int thick, byte colour)
    {
        Box(left, top, right, top + thick, colour);
        Box(left, bottom - thick, right, bottom, colour);
        Box(left, top, left + thick, bottom, colour);
        Box(right - thick, top, right, bottom, colour);
    }

    public void Ellipse(int centreX, int centreY, int radiusX, int radiusY, byte colour)
    {
        for (var y = Math.Max(centreY - radiusY, 0); y < Math.Min(centreY + radiusY, height); y++)
        {
            var part = (y - centreY) / (double)radiusY;
            var half = (int)(radiusX * Math.Sqrt(1 - (part * part)));
            Box(centreX - half, y, centreX + half, y + 1, colour);
        }
    }

    /// <summary>Writes capital letters, digits and a few signs; another character leaves a gap.</summary>
    /// <param name="scale">Pixels a dot of the 5 by 7 letters.</param>
    public void Text(int left, int top, string text, int scale, byte colour)
    {
        foreach (var letter in text)
        {
            var columns = DotLetters.Columns(letter);
            for (var x = 0; x < columns.Length; x++)
            {
                for (var y = 0; y < 7; y++)
                {
                    if ((columns[x] >> y & 1) != 0)
                        Box(
                            left + (x * scale),
                            top + (y * scale),
                            left + ((x + 1) * scale),
                            top + ((y + 1) * scale),
                            colour
                        );
                }
            }
            left += 6 * scale;
        }
    }
}
