using System.Diagnostics;
using MyData.Load.Browsing;

namespace MyData.Load.Running;

/// <summary>
/// A PostgreSQL 15 as its package makes it, on a socket in a folder of its own and nowhere else: what a store by others is measured on. Each
/// commit waits for the disk.
/// </summary>
public sealed class PlainPostgres : IAsyncDisposable
{
    private static readonly string Programs = Environment.GetEnvironmentVariable("POSTGRES") is { Length: > 0 } given
        ? given
        : "/usr/lib/postgresql/15/bin";

    private readonly string _data;

    private PlainPostgres() => _data = Path.Combine(Socket, "data");

    /// <summary>The folder of its socket; whoever reaches it is let in as <c>postgres</c>.</summary>
    public string Socket { get; } = Directory.CreateTempSubdirectory("mydata-plain-").FullName;

    /// <exception cref="LoadException">It is not installed, or did not start; the message says what it said.</exception>
    public static async Task<PlainPostgres> StartAsync(CancellationToken token)
    {
        var server = new PlainPostgres();
        try
        {
            if (Environment.IsPrivilegedProcess)
                await MustAsync(["chown", "postgres", server.Socket], token);
            await MustAsync(
                server.As(
                    "initdb",
                    "-D",
                    server._data,
                    "-U",
                    "postgres",
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8"
                ),
                token
            );
            var settings = $"-c listen_addresses= -c unix_socket_directories={server.Socket} -c max_connections=200";
            await MustAsync(
                server.As(
                    "pg_ctl",
                    "-D",
                    server._data,
                    "-w",
                    "-s",
                    "-l",
                    $"{server._data}/log",
                    "-o",
                    settings,
                    "start"
                ),
                token
            );
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Commands.RunAsync(
            Socket,
            As("pg_ctl", "-D", _data, "-m", "immediate", "-s", "stop"),
            CancellationToken.None
        );
        Directory.Delete(Socket, recursive: true);
    }

    // PostgreSQL does not run as root.
    private string[] As(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(Programs, program), .. arguments];
        return Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", .. command]
            : command;
    }

    private static async Task MustAsync(IReadOnlyList<string> command, CancellationToken token)
    {
        // A server that goes on running holds the pipes that it inherits: it has none.
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(token);
        if (process.ExitCode != 0)
            throw new LoadException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }
}
