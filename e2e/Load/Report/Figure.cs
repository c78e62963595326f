using System.Globalization;

namespace MyData.Load.Report;

/// <summary>One line of the closing table.</summary>
public sealed record Figure
{
    public required string Name { get; init; }

    /// <summary>What must hold, such as <c>mean &lt; 1 s</c>; a dash where the line is there for comparison only.</summary>
    public required string Target { get; init; }

    /// <summary>Unit of every measured value of this line.</summary>
    public required string Unit { get; init; }

    public required Samples Samples { get; init; }

    /// <summary>Whether the target was reached; null for a line without one.</summary>
    public bool? Met { get; init; }

    /// <summary>The yardstick of the same run and the ratio to it, in words.</summary>
    public string Yardstick { get; init; } = "";

    /// <summary>A figure that could not be taken here, and why, in place of its values.</summary>
    public string? Skipped { get; init; }

    public static Figure Missing(string name, string target, string why) =>
        new()
        {
            Name = name,
            Target = target,
            Unit = "",
            Samples = new Samples(),
            Skipped = why,
        };

    /// <summary>Three significant digits, which is more than such a measurement is good for.</summary>
    public static string Number(double value) =>
        Math.Abs(value) switch
        {
            >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
            >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
            0 => "0",
            _ => value.ToString("0.000", CultureInfo.InvariantCulture),
        };
}
