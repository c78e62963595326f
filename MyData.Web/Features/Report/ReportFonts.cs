using PdfSharp.Fonts;

namespace MyData.Web.Features.Report;

/// <summary>
/// The fonts of the report: outlines of TrueType, as the PDF library embeds no others. One for Chinese, one for everything else; Debian has
/// them as <c>fonts-droid-fallback</c> and <c>fonts-dejavu-core</c>.
/// </summary>
public sealed class ReportFonts : IFontResolver
{
    public const string Chinese = "chinese";
    public const string Latin = "latin";

    /// <summary>What to install where one is missing.</summary>
    public const string Packages = "fonts-droid-fallback fonts-dejavu-core";

    private const string Bold = "-bold";

    private static readonly Dictionary<string, string[]> Places = new(StringComparer.Ordinal)
    {
        [Chinese] =
        [
            "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
            "/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
        ],
        [Latin] = ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"],
        [Latin + Bold] = ["/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"],
    };

    private static readonly Lock Gate = new();

    private ReportFonts() { }

    /// <summary>Files that are not here; the report cannot be drawn without them.</summary>
    public static IReadOnlyList<string> Missing =>
        [.. Places.Values.Where(files => !Array.Exists(files, File.Exists)).Select(files => files[0])];

    /// <summary>The library has one resolver for the process.</summary>
    public static void Use()
    {
        lock (Gate)
            GlobalFontSettings.FontResolver ??= new ReportFonts();
    }

    public byte[] GetFont(string faceName) => File.ReadAllBytes(Places[faceName].First(File.Exists));

    // No Chinese font comes with a bold face; the library thickens its strokes.
    public FontResolverInfo? ResolveTypeface(string familyName, bool isBold, bool isItalic) =>
        familyName == Chinese
            ? new FontResolverInfo(Chinese, isBold, mustSimulateItalic: false)
            : new FontResolverInfo(isBold ? Latin + Bold : Latin);
}
