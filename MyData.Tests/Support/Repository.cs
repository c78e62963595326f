namespace MyData.Tests.Support;

/// <summary>The checked-out tree that these tests were built from.</summary>
public static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "artifacts", "_framework", "node_modules", "Migrations"];

    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Full paths of the files below a folder of the repository, build output and generated code left out.</summary>
    public static IEnumerable<string> Files(string folder, params string[] extensions) =>
        Directory.Exists(Path.Combine(Root, folder))
            ? Directory
                .EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories)
                .Where(file =>
                    extensions.Length == 0 || extensions.Any(e => file.EndsWith(e, StringComparison.Ordinal))
                )
                .Where(file => !Relative(file).Split('/').Intersect(NotOurs).Any())
                .Order(StringComparer.Ordinal)
            : [];

    /// <summary>The path from the repository's root, with forward slashes.</summary>
    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MyData.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No MyData.sln above {start}.");
    }
}
