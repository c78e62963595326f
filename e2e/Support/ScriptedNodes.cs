using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using MyData.Tests.Support;

namespace MyData.E2E.Support;

/// <summary>
/// <c>e2e/Running/three-nodes</c> as a person runs it, in a folder and on ports of its own, and what it tells her to type. Whatever became of it, it
/// leaves no process and no folder.
/// </summary>
public sealed partial class ScriptedNodes : IAsyncDisposable
{
    private const string LastWords = "Ctrl-C ends them all.";
    private const int Terminate = 15;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly Process _script;
    private readonly List<string> _words = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ScriptedNodes(string folder, int port)
    {
        (Folder, Port) = (folder, port);
        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "e2e/Running/three-nodes"), folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SAME_HOST"] = "1";
        start.Environment["NO_BUILD"] = "1";
        start.Environment["PORT"] = Text(port);
        start.Environment["WITNESS_PORT"] = Text(port + 1);
        start.Environment["DATABASE_PORT"] = Text(port + 20);
        // All that it starts has this, and is found by it.
        start.Environment["THREE_NODES"] = folder;
        start.Environment["MyData__Sandbox__Smtp__Port"] = "0";
        start.Environment["MyData__Sandbox__TlsPort"] = "0";
        _script = Process.Start(start)!;
        _script.OutputDataReceived += (_, line) => Take(line.Data);
        _script.ErrorDataReceived += (_, line) => Take(line.Data);
        _script.BeginOutputReadLine();
        _script.BeginErrorReadLine();
    }

    public string Folder { get; }

    private int Port { get; }

    public Uri Origin => new($"http://localhost:{Port}");

    public static async Task<ScriptedNodes> StartAsync()
    {
        PostgresInstall.Require();
        var folder = Directory.CreateTempSubdirectory("mydata-three-").FullName;
        var nodes = new ScriptedNodes(folder, FreePorts());
        try
        {
            var ended = nodes._script.WaitForExitAsync();
            var first = await Task.WhenAny(nodes._ready.Task, ended).WaitAsync(Limit);
            Assert.True(first != ended, "It ended:\n" + nodes.Words());
            return nodes;
        }
        catch (Exception failure)
        {
            await nodes.DisposeAsync();
            throw new InvalidOperationException("It is not ready:\n" + nodes.Words(), failure);
        }
    }

    /// <summary>Everything that it said.</summary>
    public string Words()
    {
        lock (_words)
            return string.Join('\n', _words);
    }

    /// <summary>What its last words tell one to type, such as <c>kill one</c>, of the commands in that line the one with this word in it.</summary>
    public string Told(string what, string which)
    {
        var line = Words().Split('\n').Single(line => line.StartsWith(what + "  ", StringComparison.Ordinal));
        return Columns().Split(line[what.Length..].Trim()).Single(one => one.Contains(which, StringComparison.Ordinal));
    }

    /// <summary>Types it into a shell of its own.</summary>
    public static async Task TypeAsync(string command)
    {
        using var shell = Process.Start(
            new ProcessStartInfo(
                "bash",
                ["-c", command.TrimEnd('&', ' ') + (command.EndsWith('&') ? " </dev/null &>/dev/null &" : "")]
            )
        )!;
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, command);
    }

    /// <summary>Whether a process of its pid files runs.</summary>
    public bool Runs(string name) =>
        int.TryParse(File.ReadAllText(Path.Combine(Folder, name)), CultureInfo.InvariantCulture, out var id)
        && Processes().Contains(id);

    /// <summary>As Ctrl-C does, and then nothing of it runs.</summary>
    public async Task StopAsync()
    {
        Assert.Equal(0, kill(_script.Id, Terminate));
        await _script.WaitForExitAsync(new CancellationTokenSource(Limit).Token);
        await Eventually.HoldsAsync("nothing of it runs", () => Task.FromResult(Processes().Count == 0));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_script.HasExited)
            _script.Kill();
        await _script.WaitForExitAsync();
        // PostgreSQL's own children end with their parent.
        foreach (var id in Processes())
            _ = kill(id, 9);
        await Eventually.HoldsAsync("nothing of it runs", () => Task.FromResult(Processes().Count == 0));
        _script.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Whatever was started with its folder in the command or in a setting, or stands in it.</summary>
    private HashSet<int> Processes()
    {
        var ours = new HashSet<int>();
        foreach (var place in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(place), CultureInfo.InvariantCulture, out var id) || id == _script.Id)
                continue;
            try
            {
                var stands = new FileInfo(Path.Combine(place, "cwd")).LinkTarget ?? "";
                string[] said = [stands, Read(place, "cmdline"), Read(place, "environ")];
                if (said.Any(text => text.Contains(Folder, StringComparison.Ordinal)))
                    ours.Add(id);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is somebody else's.
            }
        }
        return ours;
    }

    private static string Read(string place, string file) => File.ReadAllText(Path.Combine(place, file));

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_words)
            _words.Add(line);
        if (line.Trim() == LastWords)
            _ready.TrySetResult();
    }

    // A row of them, since the script counts on from the first: portal, witnesses (twice four), databases.
    private static int FreePorts()
    {
        for (var tries = 0; tries < 100; tries++)
        {
            var first = PortalProcess.FreePort();
            if (first < 65_000 && Enumerable.Range(first, 24).All(IsFree))
                return first;
        }
        throw new InvalidOperationException("No 24 free ports in a row.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\s{3,}")]
    private static partial Regex Columns();

    [DllImport("libc")]
    private static extern int kill(int process, int signal);
}
