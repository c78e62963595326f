using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace MyData.Web.Sandbox.Mail;

/// <summary>
/// A mail server on loopback that delivers everything into <see cref="Mailbox"/> (RFC 5321, without TLS and without sign-in).
/// Where its port is taken it takes a free one, and says so in the log.
/// </summary>
public sealed partial class SmtpSink(
    IOptions<SandboxSettings> settings,
    Mailbox mailbox,
    TimeProvider clock,
    ILogger<SmtpSink> log
) : IHostedService, IDisposable
{
    private const int MostSessions = 32;

    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim room = new(MostSessions);
    private TcpListener? listener;
    private Task running = Task.CompletedTask;
    private volatile bool disposed;

    /// <summary>The port that it listens on; 0 while it does not.</summary>
    public int Port { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var starting = Start(settings.Value.Smtp.Port) ?? Start(0);
        if (starting is null)
            return Task.CompletedTask;
        listener = starting;
        Port = ((IPEndPoint)starting.LocalEndpoint).Port;
        if (settings.Value.Smtp.Port != 0 && settings.Value.Smtp.Port != Port)
            OtherPort(log, settings.Value.Smtp.Port, Port);
        running = AcceptAsync(starting, stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host that is stopped by two at once may be gone for the second.
        if (disposed)
            return;
        await stopping.CancelAsync();
        listener?.Stop();
        await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        disposed = true;
        listener?.Dispose();
        stopping.Dispose();
        room.Dispose();
    }

    private static TcpListener? Start(int port)
    {
        var starting = new TcpListener(IPAddress.Loopback, port);
        try
        {
            starting.Start();
            return starting;
        }
        catch (SocketException)
        {
            starting.Dispose();
            return null;
        }
    }

    private async Task AcceptAsync(TcpListener from, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await room.WaitAsync(ct);
                var client = await from.AcceptTcpClientAsync(ct);
                _ = ServeAsync(client, ct);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The server stops.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            using (client)
                await new SmtpSession(client.GetStream(), mailbox, clock).RunAsync(ct);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
        {
            // The other side went away, or was silent for too long.
        }
        finally
        {
            if (!ct.IsCancellationRequested)
                room.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Port {Wanted} is taken; the sandbox's mail server listens on {Port}.")]
    private static partial void OtherPort(ILogger log, int wanted, int port);
}
