using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using MyData.Tests.Support;

namespace MyData.E2E.Support;

/// <summary>
/// The built portal as a process of its own, with a database and keys of its own in a temporary folder: for browsers, and
/// for tests that kill it or look into its memory. Restarting keeps port and folder.
/// </summary>
public sealed partial class PortalProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly string Published = Path.Combine(
        Repository.Root,
        "e2e/obj/portal/publish/MyData.Web/release_linux-x64"
    );
    private readonly Dictionary<string, string> _settings;
    private readonly string[] _arguments;
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;
    private PortalProcess? _sandbox;

    private PortalProcess(int port, Dictionary<string, string> settings, string[] arguments)
    {
        Origin = new Uri($"http://localhost:{port}");
        Folder = Directory.CreateTempSubdirectory("mydata-e2e-").FullName;
        _settings = settings;
        _arguments = arguments;
    }

    /// <summary>Where all sandboxes of these tests keep the keys of the made-up organisations.</summary>
    public static string SandboxKeys => Path.Combine(Path.GetTempPath(), "mydata-tests", "sandbox-keys");

    public Uri Origin { get; }
    public string Folder { get; }

    /// <summary>Where the sandbox runs, when in a process of its own.</summary>
    public Uri? Sandbox => _sandbox?.Origin;
    public string Database => Path.Combine(Folder, "mydata.db");

    /// <summary>Everything that it wrote to its console, over all restarts.</summary>
    public IReadOnlyCollection<string> Output => _output;

    public int Id => _process?.Id ?? throw new InvalidOperationException("The portal does not run.");

    /// <param name="settings">Settings over those of Development, such as <c>["MyData:Sandbox:Url"] = …</c>.</param>
    /// <param name="arguments">The program's own arguments, such as <c>sandbox</c>.</param>
    public static async Task<PortalProcess> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null,
        params string[] arguments
    )
    {
        var portal = new PortalProcess(
            FreePort(),
            new Dictionary<string, string>(settings ?? new Dictionary<string, string>()),
            arguments
        );
        try
        {
            await portal.StartAsync();
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    /// <summary>The portal, and the sandbox in a process of its own that goes with it.</summary>
    public static async Task<PortalProcess> StartApartAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var portal = new PortalProcess(
            FreePort(),
            new Dictionary<string, string>(settings ?? new Dictionary<string, string>()),
            []
        );
        try
        {
            portal._sandbox = await StartAsync(
                new Dictionary<string, string>
                {
                    ["MyData:Sandbox:Portal"] = portal.Origin.GetLeftPart(UriPartial.Authority),
                },
                "sandbox"
            );
            portal._settings["MyData:Sandbox:Url"] = portal._sandbox.Origin.GetLeftPart(UriPartial.Authority);
            await portal.StartAsync();
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it to its end, for commands and for starts that must be refused: exit code and what it said.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyDictionary<string, string> settings,
        params string[] arguments
    )
    {
        await using var portal = new PortalProcess(FreePort(), new Dictionary<string, string>(settings), arguments);
        var process = portal.Launch(_ => { });
        using var limit = new CancellationTokenSource(StartLimit);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, string.Join('\n', portal._output));
    }

    /// <summary>Runs a command beside it, with its settings: exit code and what it said.</summary>
    public Task<(int ExitCode, string Output)> CommandAsync(params string[] arguments) =>
        RunAsync(
            new Dictionary<string, string>(_settings)
            {
                ["MyData:Database"] = $"Data Source={Database}",
                ["MyData:Keys"] = Path.Combine(Folder, "keys"),
                ["MyData:Origin"] = Origin.GetLeftPart(UriPartial.Authority),
            },
            arguments
        );

    /// <summary>For its next start.</summary>
    public void Set(string key, string value) => _settings[key] = value;

    /// <summary>kill -9: no goodbye, no flush.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>Waits until the process has ended by itself, as one with a kill switch does.</summary>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        await _process!.WaitForExitAsync(timeout.Token);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    /// <summary>The test has bent the log, or its lines, on purpose, and leaves it so (<see cref="WholeLog"/>).</summary>
    public bool EndsBent { get; set; }

    public bool HasExited => _process is null or { HasExited: true };

    /// <summary>Starts it again after a kill, on the same port and folder; <paramref name="changes"/> are settings for this run.</summary>
    public async Task StartAsync(params (string Key, string? Value)[] changes)
    {
        foreach (var (key, value) in changes)
            if (value is null)
                _settings.Remove(key);
            else
                _settings[key] = value;
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Launch(line =>
        {
            if (Listening().IsMatch(line))
                listening.TrySetResult();
        });
        var ended = _process.WaitForExitAsync();
        var first = await Task.WhenAny(listening.Task, ended).WaitAsync(StartLimit);
        if (first == ended)
            throw new InvalidOperationException("The portal ended at its start:\n" + string.Join('\n', _output));
    }

    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    public CitizenDriver Visitor(string language = "zh-TW") => new(Origin, language);

    /// <summary>Rows of a table, read beside the running portal.</summary>
    public Task<long> CountAsync(string table) => NumberAsync($"select count(*) from {table}");

    /// <summary>What a query counts, read beside the running portal.</summary>
    public async Task<long> NumberAsync(string query)
    {
        await using var connection = new SqliteConnection($"Data Source={Database};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_sandbox is not null)
            await _sandbox.DisposeAsync();
        try
        {
            // A portal of its own database, and no witness, sandbox or command.
            if (File.Exists(Database) && await HasLogAsync())
                await WholeLog.RequireAsync($"Data Source={Database}", Path.Combine(Folder, "ledger"), EndsBent);
        }
        finally
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    // A start that was refused has a file at most.
    private async Task<bool> HasLogAsync() =>
        await NumberAsync("select count(*) from sqlite_master where name = 'ledger_logs'") > 0;

    private Process Launch(Action<string> onLine)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var (program, content) = (Program(), ContentRoot());
        var urls = Origin.GetLeftPart(UriPartial.Authority);
        foreach (var argument in (string[])[program, .. _arguments, "--urls", urls, "--contentRoot", content])
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        // It lives for seconds: compiling hot methods once more would cost more than it brings.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        start.Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(Folder, "tmp")).FullName;
        start.Environment["MyData__Database"] = $"Data Source={Database}";
        start.Environment["MyData__Keys"] = Path.Combine(Folder, "keys");
        start.Environment["MyData__Sandbox__Keys"] = SandboxKeys;
        start.Environment["MyData__Sandbox__Smtp__Port"] = "0";
        start.Environment["MyData__Sandbox__TlsPort"] = "0";
        start.Environment["MyData__Sandbox__IncomeWait"] = "00:00:02";
        start.Environment["Witness__Listen"] = urls;
        start.Environment["Witness__Folder"] = Path.Combine(Folder, "witness");
        foreach (var (key, value) in _settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Take(string? line)
        {
            if (line is null)
                return;
            _output.Enqueue(line);
            onLine(line);
        }
    }

    /// <summary>The published portal; where none was published, the one that was built with these tests.</summary>
    internal static string Program()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Directory.Exists(Published)
            ? Path.Combine(Published, "MyData.Web.dll")
            : Path.Combine(Repository.Root, "MyData.Web", "bin", own.Parent!.Name, own.Name, "MyData.Web.dll");
    }

    private static string ContentRoot() =>
        Directory.Exists(Published) ? Published : Path.Combine(Repository.Root, "MyData.Web");

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [GeneratedRegex("Now listening on")]
    private static partial Regex Listening();
}
