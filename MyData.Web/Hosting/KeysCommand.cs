using MyData.Core.Data;

namespace MyData.Web.Hosting;

/// <summary><c>dotnet MyData.Web.dll keys</c>: makes the platform's keys that are missing, once, before the first start.</summary>
public static class KeysCommand
{
    public const string Name = "keys";

    public static void Run(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args[1..]);
        var settings = builder.Configuration.GetSection("MyData").Get<MyDataSettings>() ?? new MyDataSettings();
        var folder = settings.KeyFolder(builder.Environment.ContentRootPath, mayCreate: true);
        var missing = PlatformKeys.Missing(folder).ToList();
        PlatformKeys.Make(folder, TimeProvider.System);
        Console.WriteLine(
            missing.Count == 0
                ? $"Every key is there already: {folder.Path}"
                : $"Made in {folder.Path}: {string.Join(", ", missing)}"
        );
    }
}
