using System.Text.Json;

namespace MyData.Web.Sandbox.Misbehaving;

/// <summary>Strings of our own that try what markup, spreadsheets, shells, logs and layouts do with them.</summary>
public static class NaughtyStrings
{
    private static readonly Lazy<IReadOnlyList<string>> Strings = new(Read);

    public static IReadOnlyList<string> All => Strings.Value;

    /// <summary>A picture that is none: SVG with a script, where PNG was promised.</summary>
    public static byte[] Svg { get; } =
        """<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>"""u8.ToArray();

    private static List<string> Read()
    {
        using var stream =
            typeof(NaughtyStrings).Assembly.GetManifestResourceStream("Sandbox/naughty-strings.json")
            ?? throw new FileNotFoundException("naughty-strings.json");
        var strings = JsonSerializer.Deserialize<List<string>>(stream)!;
        strings.Add(new string('W', 20_000));
        strings.Add(string.Concat(Enumerable.Repeat("界", 5_000)));
        return strings;
    }
}
