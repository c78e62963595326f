namespace MyData.Load.Running;

/// <summary>The clone that this program was built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MyData.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The load program must stand in a clone of the repository.");
    }
}
