using System.Text;

namespace MyData.Tests.History;

/// <summary>Reads RFC 4180, apart from the code that writes it.</summary>
internal static class Csv
{
    public static List<string[]> Read(string text)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append(text[++i]);
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && c == ',')
            {
                Take();
            }
            else if (!quoted && c == '\r' && text[i + 1] == '\n')
            {
                Take();
                rows.Add([.. row]);
                row.Clear();
                i++;
            }
            else
            {
                field.Append(c);
            }
        }
        Assert.True(row.Count == 0 && field.Length == 0 && !quoted, "The last line has no end.");
        return rows;

        void Take()
        {
            row.Add(field.ToString());
            field.Clear();
        }
    }
}
