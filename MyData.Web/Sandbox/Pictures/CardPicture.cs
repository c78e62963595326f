using System.Globalization;
using MyData.Web.Sandbox.Personas;
using MyData.Web.Sandbox.Records;

namespace MyData.Web.Sandbox.Pictures;

/// <summary>A drawn sketch of an ID card: no photo, no real card's design, and SPECIMEN written across it.</summary>
public static class CardPicture
{
    private const int Width = 720;
    private const int Height = 454;
    private const byte Paper = 0;
    private const byte Tint = 1;
    private const byte Line = 2;
    private const byte Ink = 3;
    private const byte Seal = 4;
    private const byte Hair = 5;
    private const byte Skin = 6;
    private const byte Cloth = 7;

    private static readonly string[] Flowers = ["PLUM", "PINE", "BAMBOO", "ORCHID"];

    /// <summary>PNG of the front: number, Latin name, birthday, and a drawn head.</summary>
    public static byte[] Front(Persona person)
    {
        var numbers = new SeededNumbers("card", person.Key);
        var canvas = Blank("IDENTITY CARD - SANDBOX");
        Head(canvas, 578, 150, numbers);
        var name = person.LatinName;
        canvas.Text(40, 110, "NAME", 2, Line);
        canvas.Text(40, 134, name[..Math.Min(name.Length, 26)], 3, Ink);
        canvas.Text(40, 160, name.Length > 26 ? name[26..Math.Min(name.Length, 52)] : "", 3, Ink);
        canvas.Text(40, 200, "BIRTH", 2, Line);
        canvas.Text(40, 224, person.Birth.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), 4, Ink);
        canvas.Text(40, 280, "SEX", 2, Line);
        canvas.Text(40, 304, person.Gender == PersonaGender.Female ? "F" : "M", 4, Ink);
        canvas.Text(40, 370, person.Id.Value, 7, Seal);
        return PngWriter.Write(canvas.Pixels, canvas.Width, Palette(numbers));
    }

    /// <summary>PNG of the back: lines where the family stands, and a bar code that says nothing.</summary>
    public static byte[] Back(Persona person)
    {
        var numbers = new SeededNumbers("card", person.Key);
        var canvas = Blank("SPECIMEN - " + numbers.Pick(Flowers));
        for (var row = 0; row < 5; row++)
        {
            var top = 110 + (row * 46);
            canvas.Box(40, top, 130, top + 14, Tint);
            canvas.Box(150, top, 150 + numbers.Between(120, 480), top + 14, Line);
        }
        for (var x = 40; x < 680; )
        {
            var bar = numbers.Between(2, 7);
            canvas.Box(x, 356, x + bar, 404, Ink);
            x += bar + numbers.Between(2, 7);
        }
        canvas.Text(40, 416, person.Household, 3, Ink);
        return PngWriter.Write(canvas.Pixels, canvas.Width, Palette(numbers));
    }

    private static Canvas Blank(string title)
    {
        var canvas = new Canvas(Width, Height);
        canvas.Box(0, 0, Width, 76, Tint);
        canvas.Ellipse(620, 420, 190, 120, Tint);
        canvas.Ellipse(90, 440, 160, 60, Tint);
        canvas.Text(40, 28, title, 4, Ink);
        canvas.Frame(0, 0, Width, Height, 4, Line);
        return canvas;
    }

    private static void Head(Canvas canvas, int centreX, int top, SeededNumbers numbers)
    {
        canvas.Box(centreX - 104, top - 46, centreX + 104, top + 200, Paper);
        canvas.Ellipse(centreX, top + 206, 92, 80, Cloth);
        canvas.Box(centreX - 104, top + 200, centreX + 104, top + 290, Tint);
        canvas.Box(centreX - 20, top + 96, centreX + 20, top + 140, Skin);
        canvas.Ellipse(centreX, top + 34, 62, 66, Hair);
        canvas.Ellipse(centreX, top + 52, 50, 60, Skin);
        canvas.Box(centreX - 44, top, centreX + 44, top + numbers.Between(8, 24), Hair);
        canvas.Ellipse(centreX - 20, top + 48, 6, 5, Ink);
        canvas.Ellipse(centreX + 20, top + 48, 6, 5, Ink);
        canvas.Box(centreX - 14, top + 86, centreX + 14, top + 90, Seal);
        canvas.Frame(centreX - 104, top - 46, centreX + 104, top + 200, 3, Line);
        canvas.Text(centreX - 92, top + 208, "SPECIMEN", 4, Seal);
    }

    private static int[] Palette(SeededNumbers numbers) =>
        [
            0xFBFAF5,
            0xDCEBE7,
            0x8FA7A2,
            0x1D2F36,
            0xA8231A,
            numbers.Pick([0x1E1A18, 0x3B2A20, 0x5A5A5C]),
            numbers.Pick([0xF1CDAF, 0xE3B48F, 0xC98F68]),
            numbers.Pick([0x2F5D8A, 0x7A3B52, 0x3F6B45, 0x55506E]),
        ];
}
