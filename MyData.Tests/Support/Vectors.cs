using System.Text.Json;

namespace MyData.Tests.Support;

/// <summary>The folder of test vectors by others: MYDATA_VECTORS, else <c>shared/vectors</c> beside the repository.</summary>
public static class Vectors
{
    private static readonly string? Folder = Find();

    /// <summary>A file of the folder, parsed; the test is skipped where the folder is absent.</summary>
    public static JsonElement Json(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(PathOf(path)));
        return document.RootElement.Clone();
    }

    /// <summary>The full path below the folder; the test is skipped where the folder is absent.</summary>
    public static string PathOf(string path)
    {
        if (Folder is null)
            Assert.Skip("No test vectors: set MYDATA_VECTORS, or put them at ../shared/vectors.");
        return Path.Combine(Folder, path);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("MYDATA_VECTORS") is { Length: > 0 } given)
            return Directory.Exists(given) ? given : null;
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MyData.sln")))
            folder = folder.Parent;
        var beside = folder?.Parent is { } parent ? Path.Combine(parent.FullName, "shared", "vectors") : null;
        return Directory.Exists(beside) ? beside : null;
    }
}
