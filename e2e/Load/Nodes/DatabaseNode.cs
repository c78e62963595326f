using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace MyData.Load.Nodes;

/// <summary>The PostgreSQL of one node, by <c>e2e/Running/database</c> as on a real machine. Its folder holds all that it has.</summary>
public sealed class DatabaseNode : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _script;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);
    private Process? _process;

    internal DatabaseNode(string script, string name, string folder, int port) =>
        (_script, Name, Folder, Port) = (script, name, folder, port);

    public string Name { get; }

    public string Folder { get; }

    public int Port { get; }

    /// <summary>Everything that it and its commands wrote.</summary>
    public string Output => string.Join('\n', _output);

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Whom it knows: its own commits wait for one of them.</summary>
    public async Task KnowAsync(IEnumerable<DatabaseNode> others)
    {
        var peers = others.Where(node => node != this).Select(node => node.Named);
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "settings"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"NAME={Name}\nADDRESS=127.0.0.1\nPORT={Port}\nNETWORK=127.0.0.0/8\nPEERS=\"{string.Join(' ', peers)}\"\n"
            )
        );
    }

    /// <summary>Runs it until it is killed; returns when it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended at its start.</exception>
    public async Task StartAsync(bool alone = false)
    {
        var ready = LineAsync("ready to accept");
        _process = Launch("run", ("ALONE", alone ? "1" : ""));
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(ready, ended).WaitAsync(Limit) == ended)
            throw new InvalidOperationException($"{Name} ended at its start with {_process.ExitCode}:\n{Output}");
    }

    /// <summary>Starts it as <see cref="StartAsync"/>, and waits until it receives from the node that takes writes.</summary>
    public async Task StartFollowingAsync()
    {
        var follows = LineAsync("started streaming WAL from primary");
        await StartAsync();
        await follows.WaitAsync(Limit);
    }

    /// <summary>kill -9, of every process that it has: as if the machine were gone.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>Runs another of the script's commands to its end.</summary>
    /// <returns>its exit code</returns>
    public async Task<int> RunAsync(string command, params (string Name, string Value)[] environment)
    {
        using var process = Launch(command, environment);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <exception cref="InvalidOperationException">It was not done.</exception>
    public async Task MustAsync(string command)
    {
        if (await RunAsync(command) != 0)
            throw new InvalidOperationException($"{Name}: '{command}' was not done:\n{Output}");
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    internal string At => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    private string Named => $"{Name}={At}";

    /// <summary>Completes with the next line that has this text.</summary>
    private Task LineAsync(string text) =>
        (_awaited[text] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private Process Launch(string command, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(_script)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(command);
        start.ArgumentList.Add(Folder);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        foreach (var (text, seen) in _awaited)
            if (line.Contains(text, StringComparison.Ordinal))
                seen.TrySetResult();
    }
}
