using System.Diagnostics;
using System.Text.RegularExpressions;
using MyData.Tests.Support;

namespace MyData.E2E.Running;

/// <summary>The systemd units as systemd itself reads them, with what they start put where this machine has it.</summary>
public sealed partial class UnitTests
{
    private static readonly string Running = Path.Combine(Repository.Root, "e2e", "Running");

    [Fact]
    public async Task Units_AsSystemdReadsThem_AreRight()
    {
        if (!File.Exists("/usr/bin/systemd-analyze"))
            Assert.Skip("systemd-analyze is not on this machine.");
        var folder = Directory.CreateTempSubdirectory("mydata-units-").FullName;
        foreach (var unit in Units())
            await File.WriteAllTextAsync(
                Path.Combine(folder, Path.GetFileName(unit)),
                (await File.ReadAllTextAsync(unit))
                    .Replace("/srv/mydata/nodes/", Running + "/", StringComparison.Ordinal)
                    .Replace("/usr/bin/dotnet", Environment.ProcessPath!, StringComparison.Ordinal)
            );
        var start = new ProcessStartInfo("systemd-analyze", ["verify", .. Directory.GetFiles(folder)])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using var verify = Process.Start(start)!;
        var said = await verify.StandardError.ReadToEndAsync();
        await verify.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
        Assert.True(verify.ExitCode == 0 && said.Length == 0, said);
    }

    [Fact]
    public async Task Units_AllThatTheyStart_IsAScriptOrACommandOfOurs()
    {
        var scripts = await File.ReadAllTextAsync(Path.Combine(Running, "database"));
        var program = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "MyData.Web", "Program.cs"));
        foreach (var unit in Units())
        foreach (Match started in Started().Matches(await File.ReadAllTextAsync(unit)))
        {
            var command = started.Groups["command"].Value;
            Assert.True(
                started.Groups["database"].Success
                    ? scripts.Contains($"\n  {command})", StringComparison.Ordinal)
                    : command is "--urls" || program.Contains(Class(command), StringComparison.OrdinalIgnoreCase),
                $"{unit}: {command}"
            );
        }
    }

    private static string[] Units() => Directory.GetFiles(Path.Combine(Running, "units"));

    private static string Class(string command) =>
        command == "witness" ? "WitnessHost.Command" : $"{command}Command.Name";

    [GeneratedRegex(@"^Exec\w+=\S*(?:(?<database>/database)|/dotnet \S+\.dll) (?<command>\S+)", RegexOptions.Multiline)]
    private static partial Regex Started();
}
