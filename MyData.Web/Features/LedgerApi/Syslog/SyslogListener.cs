using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

/// <summary>
/// Syslog over TLS (RFC 5425): each connection is of the system whose certificate it shows, and of nobody else. Off unless an address is set.
/// </summary>
public sealed partial class SyslogListener(
    MyDataSettings settings,
    SyslogIntake intake,
    SyslogFigures figures,
    IHostEnvironment host,
    TimeProvider time,
    ILogger<SyslogListener> log
) : BackgroundLoop
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private readonly MyDataSettings.SyslogSection _settings = settings.Ledger.Syslog;
    private readonly HashSet<Task> _connections = [];
    private TcpListener? _listener;
    private readonly NetworkPlaces _handshakes = new(
        settings.Ledger.Syslog.HandshakesAtOnce,
        settings.Ledger.Syslog.HandshakesPerAddress
    );

    /// <summary>Where it listens; null where it does not.</summary>
    public IPEndPoint? Address { get; private set; }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        if (_settings.Listen.Length == 0 || Start() is not { } listener)
            return;
        using var own = listener;
        var certificate = SslStreamCertificateContext.Create(OwnCertificate(), Above(), offline: true);
        while (!stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(stopping);
            }
            catch (SocketException failure)
            {
                // No more handles, say: those who wait are served when there are some.
                NotAccepted(failure);
                await Task.Delay(Again, time, stopping);
                continue;
            }
            Keep(ServeAsync(socket, certificate, stopping));
        }
    }

    /// <summary>Binds at the start, so that a port that is taken is said at once.</summary>
    private TcpListener? Start()
    {
        try
        {
            _listener = new TcpListener(IPEndPoint.Parse(_settings.Listen));
            _listener.Start(backlog: 128);
            Address = (IPEndPoint)_listener.LocalEndpoint;
            Listening(Address);
            return _listener;
        }
        catch (SocketException failure)
        {
            NotListening(failure, _settings.Listen);
            return null;
        }
    }

    private async Task ServeAsync(Socket socket, SslStreamCertificateContext certificate, CancellationToken stopping)
    {
        using var end = socket;
        var clean = false;
        try
        {
            await using var tls = await HandshakeAsync(socket, certificate, stopping);
            if (tls is null)
                return;
            var sender = await intake.AdmitAsync(ClientCertificate.KidOf(tls.RemoteCertificate!), stopping);
            clean = await new SyslogConnection(intake, figures, _settings, time, log).RunAsync(tls, sender, stopping);
        }
        catch (LedgerException refusal)
        {
            figures.Refused(SyslogFigures.Stranger, refusal.Code);
        }
        catch (Exception failure)
            when (failure is IOException or AuthenticationException or SocketException or ObjectDisposedException)
        {
            // It is gone, or speaks no TLS: there is nobody to tell.
        }
        catch (Exception failure) when (!IsStop(failure, stopping))
        {
            Broken(failure);
        }
        finally
        {
            // Where no goodbye was said (close_notify, RFC 8446 §6.1), the other end must not take the end for one.
            if (!clean)
                socket.Close(0);
        }
    }

    /// <returns>null where it came to nothing</returns>
    private async Task<SslStream?> HandshakeAsync(
        Socket socket,
        SslStreamCertificateContext certificate,
        CancellationToken stopping
    )
    {
        var from = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        if (!_handshakes.Enter(from))
        {
            figures.Refused(SyslogFigures.Stranger, SyslogConnection.TooMany);
            return null;
        }
        SslStream? tls = null;
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            using var patience = new CancellationTokenSource(_settings.HandshakeTimeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, patience.Token);
            tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate,
                    ClientCertificateRequired = true,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    // Whose it is, the register says; who issued it is nothing to us (RFC 5425 §4.2.2).
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                    AllowRenegotiation = false,
                },
                both.Token
            );
            return tls;
        }
        catch (Exception failure)
            when (failure
                    is IOException
                        or AuthenticationException
                        or OperationCanceledException
                        or CryptographicException
            )
        {
            stopping.ThrowIfCancellationRequested();
            figures.Refused(SyslogFigures.Stranger, SyslogIntake.BadCertificate);
            await (tls?.DisposeAsync() ?? ValueTask.CompletedTask);
            return null;
        }
        finally
        {
            _handshakes.Leave(from);
        }
    }

    private X509Certificate2 OwnCertificate()
    {
        using var pem = X509Certificate2.CreateFromPemFile(
            Rooted(_settings.Certificate),
            Rooted(_settings.CertificateKey)
        );
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
    }

    private X509Certificate2Collection Above()
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(Rooted(_settings.Certificate));
        if (all.Count > 0)
            all.RemoveAt(0);
        return all;
    }

    private string Rooted(string file) => Path.GetFullPath(file, host.ContentRootPath);

    private void Keep(Task connection)
    {
        lock (_connections)
            _connections.Add(connection);
        _ = connection.ContinueWith(
            done =>
            {
                lock (_connections)
                    _connections.Remove(done);
            },
            TaskScheduler.Default
        );
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Task[] left;
        lock (_connections)
            left = [.. _connections];
        await Task.WhenAll(left).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Syslog over TLS is taken at {Endpoint}")]
    private partial void Listening(IPEndPoint endpoint);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Syslog is not taken: nobody can listen at {Endpoint}")]
    private partial void NotListening(Exception failure, string endpoint);

    [LoggerMessage(Level = LogLevel.Error, Message = "A syslog connection was not accepted")]
    private partial void NotAccepted(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A syslog connection ended by a failure of ours")]
    private partial void Broken(Exception failure);
}
