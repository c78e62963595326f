using System.Text;

namespace MyData.Load.Report;

/// <summary>The closing table, in Markdown, ready for the README.</summary>
public static class FigureTable
{
    private static readonly string[] Columns =
    [
        "figure",
        "target",
        "unit",
        "n",
        "min",
        "mean",
        "p95",
        "max",
        "met",
        "yardstick of the same run",
    ];

    public static string Write(string machine, IReadOnlyList<Figure> figures)
    {
        var text = new StringBuilder().AppendLine(machine).AppendLine();
        Row(text, Columns);
        Row(text, Columns.Select(_ => "---"));
        foreach (var figure in figures)
            Row(text, Cells(figure));
        return text.ToString();
    }

    private static string[] Cells(Figure figure) =>
        figure.Skipped is { } why
            ? [figure.Name, figure.Target, "", "0", "", "", "", "", "not measured", why]
            :
            [
                figure.Name,
                figure.Target,
                figure.Unit,
                figure.Samples.Count.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture),
                Figure.Number(figure.Samples.Min),
                Figure.Number(figure.Samples.Mean),
                Figure.Number(figure.Samples.P95),
                Figure.Number(figure.Samples.Max),
                figure.Met switch
                {
                    true => "yes",
                    false => "**no**",
                    null => "",
                },
                figure.Yardstick,
            ];

    private static void Row(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
}
