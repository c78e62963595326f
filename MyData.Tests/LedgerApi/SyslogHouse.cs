using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;
using MyData.Web.Features.LedgerApi;

namespace MyData.Tests.LedgerApi;

/// <summary>A portal that takes syslog over TLS, and certificates for those who send it.</summary>
public sealed class SyslogHouse : IAsyncLifetime
{
    public const string Sender = "test-logs";
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-syslog-").FullName;

    public SyslogHouse()
    {
        using var own = SyslogSender.NewCertificate("localhost");
        File.WriteAllText(Path.Combine(_folder, "own.pem"), own.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "own.key"), own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Portal = Portal.Start(
            new()
            {
                Services = Failing.PutBefore,
                Settings =
                [
                    ("MyData:Ledger:Syslog:Listen", "127.0.0.1:0"),
                    ("MyData:Ledger:Syslog:Certificate", Path.Combine(_folder, "own.pem")),
                    ("MyData:Ledger:Syslog:CertificateKey", Path.Combine(_folder, "own.key")),
                    ("MyData:Ledger:Syslog:MessageTimeout", "00:00:02"),
                    ("MyData:Ledger:Syslog:HandshakeTimeout", "00:00:10"),
                ],
            }
        );
    }

    public Portal Portal { get; }

    public X509Certificate2 Certificate { get; } = SyslogSender.NewCertificate(Sender);

    public ClientKeys Keys => Portal.Services.GetRequiredService<ClientKeys>();

    internal Failing Writer => (Failing)Portal.Services.GetRequiredService<IWriter>();

    public IPEndPoint Address => Portal.Services.GetRequiredService<SyslogListener>().Address!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await RegisterAsync(Sender, Certificate);

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        Certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task RegisterAsync(string name, X509Certificate2 certificate) =>
        Assert.True(await Keys.AddAsync(name, ClientCertificate.Parse(certificate.RawData), Stop));

    /// <summary>A connection that is open; without a certificate where that is null.</summary>
    public async Task<SslStream> ConnectAsync(X509Certificate2? certificate)
    {
        var client = new TcpClient();
        await client.ConnectAsync(Address, Stop);
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = certificate is null ? null : [certificate],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
            Stop
        );
        return tls;
    }

    public Task<SslStream> ConnectAsync() => ConnectAsync(Certificate);

    public async Task<LedgerRecord?> FindAsync(Guid id)
    {
        var bytes = await Portal.ReadAsync(db =>
            db.Set<LedgerEntryRow>().Where(entry => entry.Id == id).Select(entry => entry.Bytes).FirstOrDefaultAsync()
        );
        return bytes is null ? null : LedgerRecord.Parse(bytes);
    }

    public Task<LedgerRecord> EventuallyAsync(Guid id) => Portal.EventuallyAsync("a record", () => FindAsync(id));

    /// <summary>How often this sender was refused by this code.</summary>
    public long Refused(string code, string sender = Sender) =>
        Portal
            .Services.GetRequiredService<SyslogFigures>()
            .All.FirstOrDefault(one => one.Client == sender)
            ?.Refused.GetValueOrDefault(code)
        ?? 0;

    public Task RefusedAsync(string code, long more, string sender = Sender) =>
        Eventually.HoldsAsync(Portal.Committed, code, () => Task.FromResult(Refused(code, sender) >= more));

    /// <summary>The portal's writer, and a disk that may be full.</summary>
    internal sealed class Failing(IWriter inner) : IWriter, IAsyncDisposable
    {
        public volatile bool Fails;

        public static void PutBefore(IServiceCollection services)
        {
            var own = services.Last(service => service.ServiceType == typeof(IWriter));
            services.AddSingleton<IWriter>(provider => new Failing(
                (IWriter)(
                    own.ImplementationFactory?.Invoke(provider)
                    ?? ActivatorUtilities.CreateInstance(provider, own.ImplementationType!)
                )
            ));
        }

        public Task<T> WriteAsync<T>(Func<WriteScope, T> work, CancellationToken cancellationToken = default) =>
            Fails ? throw new LedgerException(Writing.Unavailable, "Full.") : inner.WriteAsync(work, cancellationToken);

        public ValueTask DisposeAsync() =>
            inner is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;
    }
}
