using System.Globalization;
using PdfSharp.Drawing;
using PdfSharp.Pdf;

namespace MyData.Web.Features.Report;

/// <summary>Draws the report on pages of A4. Positions and sizes in points.</summary>
internal sealed class ReportPdf : IDisposable
{
    private const double Left = 56;
    private const double Top = 60;
    private const double Foot = 56;
    private const double LabelWidth = 132;
    private static readonly XColor Brand = XColor.FromArgb(0x0a, 0x6a, 0x6a);
    private static readonly XColor Rule = XColor.FromArgb(0xd5, 0xde, 0xe3);
    private readonly PdfDocument _document = new();
    private readonly ReportContent _content;
    private readonly ReportPen _body = new(10);
    private readonly ReportPen _quiet = new(8.5, isQuiet: true);
    private readonly ReportPen _label = new(9.5, isQuiet: true);
    private readonly ReportPen _bold = new(10, isBold: true);
    private readonly ReportPen _small = new(8, isQuiet: true);
    private XGraphics _page = null!;
    private double _y;

    private ReportPdf(ReportContent content) => _content = content;

    private double Width => _page.PageSize.Width - 2 * Left;

    private double Bottom => _page.PageSize.Height - Foot - 14;

    public static byte[] Draw(ReportContent content, DateTimeOffset at)
    {
        ReportFonts.Use();
        using var report = new ReportPdf(content);
        return report.ToBytes(at);
    }

    public void Dispose() => _document.Dispose();

    private byte[] ToBytes(DateTimeOffset at)
    {
        _document.Info.Title = _content.Title;
        _document.Info.Subject = _content.Subtitle;
        _document.Info.Creator = "MyData";
        _document.Info.CreationDate = at.UtcDateTime;
        _document.Language = CultureInfo.CurrentUICulture.Name;
        NewPage();
        Head();
        foreach (var part in _content.Parts)
            Add(part);
        _page.Dispose();
        for (var number = 0; number < _document.PageCount; number++)
            AddFoot(_document.Pages[number], number + 1);
        using var bytes = new MemoryStream();
        _document.Save(bytes, closeStream: false);
        return bytes.ToArray();
    }

    private void Head()
    {
        _page.DrawRectangle(new XSolidBrush(Brand), 0, 0, _page.PageSize.Width, 8);
        Write(new ReportPen(22, isBold: true), _content.Title, Left, Width);
        _y += 2;
        Write(new ReportPen(11, isQuiet: true), _content.Subtitle, Left, Width);
        _y += 12;
    }

    private void Add(ReportPart part)
    {
        switch (part)
        {
            case ReportHeading { Level: 1 } heading:
                // A chapter's heading stands above some of its text.
                Require(110);
                _y += 18;
                _page.DrawLine(new XPen(Brand, 2), Left, _y, Left + 36, _y);
                _y += 8;
                Write(new ReportPen(16, isBold: true), heading.Text, Left, Width);
                _y += 6;
                break;
            case ReportHeading heading:
                Require(90);
                _y += 12;
                Write(new ReportPen(12.5, isBold: true), heading.Text, Left, Width);
                _y += 2;
                break;
            case ReportParagraph paragraph:
                Write(paragraph.IsQuiet ? _quiet : _body, paragraph.Text, Left, Width);
                _y += 6;
                break;
            case ReportTable table:
                foreach (var fact in table.Facts)
                    Add(fact);
                _y += 8;
                break;
            case ReportBars bars:
                Add(bars);
                break;
            case ReportList list:
                foreach (var item in list.Items)
                    Bullet(item);
                _y += 4;
                break;
        }
    }

    private void Add(ReportFact fact)
    {
        var wide = Width - LabelWidth - 14;
        var pen = fact.IsGood is null ? _body : _bold;
        var label = _label.Break(_page, fact.Label, LabelWidth - 10);
        var value = pen.Break(_page, fact.Value, wide);
        var source = fact.Source is null ? [] : _small.Break(_page, fact.Source, wide);
        var height = Math.Max(label.Count * _label.Line, value.Count * pen.Line + source.Count * _small.Line) + 8;
        Require(height);
        _page.DrawLine(new XPen(Rule, 0.7), Left, _y, Left + Width, _y);
        _y += 4;
        Lines(_label, label, Left, _y);
        if (fact.IsGood is { } isGood)
        {
            // Its words say it too: the colour is not all.
            var colour = isGood ? XColor.FromArgb(0x14, 0x6c, 0x43) : XColor.FromArgb(0x8a, 0x5a, 0x00);
            _page.DrawEllipse(new XSolidBrush(colour), Left + LabelWidth, _y + 5, 6, 6);
        }
        Lines(pen, value, Left + LabelWidth + 12, _y);
        Lines(_small, source, Left + LabelWidth + 12, _y + value.Count * pen.Line);
        _y += height - 4;
    }

    private void Add(ReportBars bars)
    {
        const double High = 60;
        Require(High + 44);
        _y += 4;
        Write(_quiet, bars.Caption, Left, Width);
        var (most, step) = (Math.Max(1, bars.Values.Max()), Width / bars.Values.Count);
        for (var at = 0; at < bars.Values.Count; at++)
        {
            var height = bars.Values[at] == 0 ? 0.8 : Math.Max(2, High * bars.Values[at] / most);
            _page.DrawRectangle(new XSolidBrush(Brand), Left + at * step + 1, _y + High - height, step - 2, height);
        }
        _y += High + 2;
        Lines(_small, [bars.First], Left, _y);
        Lines(_small, [bars.Last], Left + Width - _small.Width(_page, bars.Last), _y);
        _y += _small.Line + 8;
    }

    private void Bullet(string item)
    {
        var lines = _body.Break(_page, item, Width - 16);
        Require(lines.Count * _body.Line + 3);
        _page.DrawEllipse(new XSolidBrush(Brand), Left + 2, _y + 6.5, 4, 4);
        Lines(_body, lines, Left + 16, _y);
        _y += lines.Count * _body.Line + 3;
    }

    // A paragraph may go on over a page, a line not.
    private void Write(ReportPen pen, string text, double x, double width)
    {
        foreach (var line in pen.Break(_page, text, width))
        {
            Require(pen.Line);
            Lines(pen, [line], x, _y);
            _y += pen.Line;
        }
    }

    private void Lines(ReportPen pen, IReadOnlyList<string> lines, double x, double y)
    {
        for (var at = 0; at < lines.Count; at++)
            pen.Draw(_page, lines[at], x, y + at * pen.Line + pen.Size * 1.15);
    }

    private void Require(double height)
    {
        if (_y + height > Bottom)
            NewPage();
    }

    private void NewPage()
    {
        _page?.Dispose();
        var page = _document.AddPage();
        page.Size = PdfSharp.PageSize.A4;
        _page = XGraphics.FromPdfPage(page);
        _y = Top;
    }

    private void AddFoot(PdfPage page, int number)
    {
        using var drawing = XGraphics.FromPdfPage(page);
        var y = drawing.PageSize.Height - Foot + 10;
        var count = string.Create(CultureInfo.InvariantCulture, $"{number} / {_document.PageCount}");
        drawing.DrawLine(new XPen(Rule, 0.7), Left, y - 6, drawing.PageSize.Width - Left, y - 6);
        _small.Draw(drawing, _content.Foot, Left, y + 8);
        _small.Draw(drawing, count, drawing.PageSize.Width - Left - _small.Width(drawing, count), y + 8);
    }
}
