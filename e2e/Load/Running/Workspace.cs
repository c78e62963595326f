using System.Diagnostics;

namespace MyData.Load.Running;

/// <summary>
/// One folder for everything that a run makes: the published portal, each server's database, keys and temporary files. It
/// goes with the run. The sandbox's keys are made once and shared, because making them takes seconds.
/// </summary>
public sealed class Workspace : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("mydata-load-");
    private Task<string>? _published;
    private int _folders;

    public string SandboxKeys => Path.Combine(_root.FullName, "sandbox-keys");

    public string NewFolder(string name) =>
        Directory.CreateDirectory(Path.Combine(_root.FullName, $"{++_folders}-{name}")).FullName;

    /// <summary>The folder of the portal as it is deployed; published at first use.</summary>
    public Task<string> PublishedAsync(CancellationToken token) => _published ??= PublishAsync(token);

    public void Dispose() => _root.Delete(recursive: true);

    /// <summary>One that was published before, where <c>MYDATA_LOAD_PORTAL</c> names its folder: for a second look at the same program.</summary>
    private async Task<string> PublishAsync(CancellationToken token)
    {
        if (Environment.GetEnvironmentVariable("MYDATA_LOAD_PORTAL") is { Length: > 0 } before)
            return before;
        var target = NewFolder("portal");
        Console.WriteLine($"Publishing the portal to {target} …");
        var (code, output) = await Commands.RunAsync(
            Repository.Root,
            [
                "dotnet",
                "publish",
                "MyData.Web",
                "-c",
                "Release",
                "-r",
                "linux-x64",
                "-o",
                target,
                "--nologo",
                "-v",
                "quiet",
            ],
            token
        );
        if (code != 0)
            throw new InvalidOperationException($"dotnet publish failed:\n{output}");
        return target;
    }
}
