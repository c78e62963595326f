using System.Text;
using PdfSharp.Drawing;

namespace MyData.Web.Features.Report;

/// <summary>Text in two scripts: measures, breaks and draws it. Sizes are points, colours those of the printed pages.</summary>
internal sealed class ReportPen
{
    // What may not begin a line (CLREQ §3.1.3), and what may not end one.
    private const string NeverFirst =
        "\u3001\u3002\uFF0C\uFF0E\uFF1A\uFF1B\uFF01\uFF1F\uFF09\u300D\u300F\u3011\u3009\u300B\uFF05,.:;!?)]}%\u2026";
    private const string NeverLast = "\uFF08\u300C\u300E\u3010\u3008\u300A([{";

    private readonly XFont _chinese;
    private readonly XFont _latin;

    public ReportPen(double size, bool isBold = false, bool isQuiet = false)
    {
        var style = isBold ? XFontStyleEx.Bold : XFontStyleEx.Regular;
        _chinese = new XFont(ReportFonts.Chinese, size, style);
        // Its letters are large beside Chinese ones of the same size.
        _latin = new XFont(ReportFonts.Latin, size * 0.9, style);
        Size = size;
        Brush = isQuiet
            ? new XSolidBrush(XColor.FromArgb(0x4d, 0x62, 0x70))
            : new XSolidBrush(XColor.FromArgb(0x10, 0x22, 0x2e));
    }

    public double Size { get; }

    public XBrush Brush { get; init; }

    public double Line => Size * 1.6;

    /// <summary>The text in lines no wider than this.</summary>
    public IReadOnlyList<string> Break(XGraphics page, string text, double width)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (var piece in Pieces(text))
        {
            if (line.Length > 0 && Width(page, line + piece.TrimEnd()) > width)
            {
                lines.Add(line.ToString().TrimEnd());
                line.Clear();
            }
            line.Append(line.Length == 0 ? piece.TrimStart() : piece);
            // A key or a hash is one word, wider than any line.
            while (Width(page, line.ToString()) > width && line.Length > 1)
            {
                var fits = line.Length - 1;
                while (fits > 1 && Width(page, line.ToString(0, fits)) > width)
                    fits--;
                lines.Add(line.ToString(0, fits));
                line.Remove(0, fits);
            }
        }
        if (line.Length > 0)
            lines.Add(line.ToString().TrimEnd());
        return lines;
    }

    public void Draw(XGraphics page, string line, double x, double baseline)
    {
        foreach (var (run, isChinese) in Runs(line))
        {
            var font = isChinese ? _chinese : _latin;
            page.DrawString(run, font, Brush, x, baseline);
            x += page.MeasureString(run, font).Width;
        }
    }

    public double Width(XGraphics page, string text) =>
        Runs(text).Sum(run => page.MeasureString(run.Text, run.IsChinese ? _chinese : _latin).Width);

    // A Chinese character may end a line anywhere, a word only behind it.
    private static IEnumerable<string> Pieces(string text)
    {
        var piece = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            piece.Append(text[at]);
            if (at + 1 == text.Length)
                break;
            var (here, next) = (text[at], text[at + 1]);
            var isBreak = here == ' ' || IsChinese(here) || IsChinese(next);
            if (isBreak && !NeverFirst.Contains(next) && !NeverLast.Contains(here) && next != ' ')
            {
                yield return piece.ToString();
                piece.Clear();
            }
        }
        yield return piece.ToString();
    }

    private static IEnumerable<(string Text, bool IsChinese)> Runs(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var (end, kind) = (at + 1, IsChinese(text[at]));
            while (end < text.Length && IsChinese(text[end]) == kind)
                end++;
            yield return (text[at..end], kind);
            at = end;
        }
    }

    // From the radicals' supplement on: ideographs, kana, their signs and full-width forms.
    private static bool IsChinese(char sign) =>
        sign
            is (>= '\u2E80' and <= '\uDFFF')
                or (>= '\uF900' and <= '\uFAFF')
                or (>= '\uFE30' and <= '\uFE4F')
                or (>= '\uFF00' and <= '\uFFEF');
}
