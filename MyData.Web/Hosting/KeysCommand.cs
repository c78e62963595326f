using MyData.Core.Data;
using MyData.Core.Ledger;

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
        // What witnesses are told to know; its origin ends in the year, and the key stays.
        var origin = settings
            .LedgerSettings(builder.Environment.ContentRootPath)
            .Origin(TimeProvider.System.GetUtcNow().Year);
        using var key = new Ed25519PrivateKey(folder.GetSecret(PlatformKeys.LedgerKeyName));
        Console.WriteLine($"log {VerifierKey.Create(origin, SignatureType.Ed25519, key.PublicKey)}");
    }
}
