using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MyData.Load.Running;

/// <summary>
/// The published portal, or its sandbox, as a process of its own on a free port of loopback, with database, keys and
/// temporary files in a folder of its own. Ends with <see cref="DisposeAsync"/>, whatever happened before.
/// </summary>
public sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ServerPlan _plan;
    private Process? _process;

    private Server(ServerPlan plan, int port)
    {
        _plan = plan;
        Origin = new Uri($"http://localhost:{port}");
    }

    public Uri Origin { get; }

    public int Id => _process?.Id ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>Resident memory after a full garbage collection, in bytes.</summary>
    public async Task<long> SettledMemoryAsync(CancellationToken token)
    {
        await DiagnosticPort.CollectAsync(Id, _plan.Temporary, token);
        return ProcessMemory.Resident(Id);
    }

    /// <summary>The last of what it said, for a report of what went wrong.</summary>
    public string Tail => string.Join('\n', _output.TakeLast(40));

    /// <summary>Planned, not yet started.</summary>
    public static Server Plan(ServerPlan plan, int? port = null) => new(plan, port ?? FreePort());

    public static async Task<Server> StartAsync(ServerPlan plan, CancellationToken token)
    {
        var server = Plan(plan);
        try
        {
            await server.StartAsync(token);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, again on the same port and folder, and waits for the first answer 200.</summary>
    /// <returns>from the start of the process to that answer</returns>
    public async Task<TimeSpan> StartAsync(CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(StartLimit);
        var began = Stopwatch.GetTimestamp();
        _process = Launch();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        while (!await AnswersAsync(client, limit.Token))
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The server ended at its start:\n{Tail}");
            await Task.Delay(10, limit.Token);
        }
        return Stopwatch.GetElapsedTime(began);
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<bool> AnswersAsync(HttpClient client, CancellationToken token)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(Origin, _plan.Probe), token);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = _plan.Program,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var origin = Origin.GetLeftPart(UriPartial.Authority);
        foreach (var argument in (string[])["MyData.Web.dll", .. _plan.Arguments, "--urls", origin])
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["TMPDIR"] = Directory.CreateDirectory(_plan.Temporary).FullName;
        foreach (var (key, value) in _plan.Settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
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
        while (_output.Count > 400)
            _output.TryDequeue(out _);
    }
}
