using MyData.Load.Report;

namespace MyData.Load.Several;

internal static class Figures
{
    /// <summary>Something of which there must be none.</summary>
    public static Figure None(string name, int count) =>
        new()
        {
            Name = name,
            Target = "0",
            Unit = "",
            Samples = new Samples([count]),
            Met = count == 0,
        };
}
