using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using MyData.Core.Data;

namespace MyData.Web.Sandbox.Misbehaving;

/// <summary>
/// Speaks TLS with a certificate that it signed itself and that has run out: a good caller never gets past the handshake.
/// Where the port is taken nothing listens here, and the caller fails to connect instead.
/// </summary>
public sealed class UntrustedTlsListener(IOptions<SandboxSettings> settings, TimeProvider clock) : BackgroundLoop
{
    protected override async Task RunAsync(CancellationToken stopping)
    {
        if (settings.Value.TlsPort == 0)
            return;
        using var listener = new TcpListener(IPAddress.Loopback, settings.Value.TlsPort);
        try
        {
            listener.Start(backlog: 8);
        }
        catch (SocketException)
        {
            return;
        }
        using var certificate = Certificate();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stopping);
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), clock);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = certificate },
                    patience.Token
                );
            }
            catch (Exception error)
                when (error is IOException or AuthenticationException or SocketException or OperationCanceledException)
            {
                // As it should be: the caller does not trust this certificate.
            }
        }
    }

    private X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = clock.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-60), now.AddDays(-30));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
