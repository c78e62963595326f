using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MyData.E2E.Support;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;

namespace MyData.E2E.Outside;

/// <summary>Syslog by openssl and by Python at the real portal, registered by its command; and a portal that is killed in the middle of a stream.</summary>
public sealed class SyslogOutsideTests : IAsyncLifetime
{
    private const string Name = "city-logs";
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-syslog-").FullName;
    private readonly X509Certificate2 _client = SyslogSender.NewCertificate(Name);
    private readonly int _port = PortalProcess.FreePort();
    private PortalProcess _portal = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string File(string name) => Path.Combine(_folder, name);

    public async ValueTask InitializeAsync()
    {
        using var own = SyslogSender.NewCertificate("localhost");
        foreach (var (name, certificate) in new[] { ("own", own), ("client", _client) })
        {
            await System.IO.File.WriteAllTextAsync(File($"{name}.pem"), certificate.ExportCertificatePem(), Stop);
            var key = certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
            await System.IO.File.WriteAllTextAsync(File($"{name}.key"), key, Stop);
        }
        _portal = await PortalProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["MyData:Ledger:Syslog:Listen"] = $"127.0.0.1:{_port}",
                ["MyData:Ledger:Syslog:Certificate"] = File("own.pem"),
                ["MyData:Ledger:Syslog:CertificateKey"] = File("own.key"),
            }
        );
        var added = await _portal.CommandAsync("ledger", "client", "add", Name, File("client.pem"));
        Assert.True(added.ExitCode == 0, added.Output);
        Assert.Contains("tls:", added.Output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task OpensslAndPython_SendAndAreRecorded()
    {
        string[] common =
        [
            "localhost",
            $"{_port}",
            File("client.pem"),
            File("client.key"),
            File("own.pem"),
            Name,
            LedgerExampleTests.Persona,
            "3",
        ];
        var origin = _portal.Origin.GetLeftPart(UriPartial.Authority);
        var bash = await OutsideProcess.RunAsync("ledger", "bash", ["syslog.sh", .. common, origin]);
        var python = await OutsideProcess.RunAsync("ledger", "python3", ["syslog.py", .. common]);
        Assert.Equal(3, bash.Count(line => line.StartsWith("recorded ", StringComparison.Ordinal)));
        Assert.Equal(3, python.Count(line => line.StartsWith("durable ", StringComparison.Ordinal)));
        using var http = new HttpClient { BaseAddress = _portal.Origin };
        foreach (var line in bash.Concat(python))
        {
            var entry = await http.GetStringAsync($"/ledger/v1/records/{line.Split(' ')[1]}/entry", Stop);
            Assert.Contains($"\"via\":\"{Name}\"", entry, StringComparison.Ordinal);
            Assert.DoesNotContain("\"up\":", entry, StringComparison.Ordinal);
        }
        var status = await _portal.CommandAsync("ledger", "syslog", "status");
        Assert.Contains($"{Name}  0 open, 6 recorded", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Portal_KilledInTheStream_WhoSendsAllAgainLosesNothingAndDoublesNothing()
    {
        const int Many = 3_000;
        var ids = Enumerable.Range(0, Many).Select(_ => SyslogSender.NewId()).ToList();
        var messages = ids.ConvertAll(id => SyslogSender.Frame(SyslogSender.Message(id)));
        var sending = SendAsync(messages);
        await Eventually.HoldsAsync("some records", async () => await CountAsync() >= 200);
        await _portal.KillAsync();
        Assert.False(await sending, "All was sent before the kill.");
        var before = await CountAsync();
        Assert.InRange(before, 200, Many - 1);
        await _portal.StartAsync();
        Assert.True(await SendAsync(messages));
        Assert.Equal(Many, await CountAsync());
        Assert.Equal(
            Many,
            await _portal.NumberAsync("select count(distinct Id) from ledger_entries where EventId is null")
        );
        Assert.Equal(
            0,
            await AuditCommand.RunAsync([
                "audit",
                $"{_portal.Origin.GetLeftPart(UriPartial.Authority)}/ledger/{TimeProvider.System.GetUtcNow().Year}",
            ])
        );
    }

    private Task<long> CountAsync() => _portal.NumberAsync("select count(*) from ledger_entries where EventId is null");

    /// <returns>whether the portal said goodbye, which it does when all is durable</returns>
    private async Task<bool> SendAsync(IReadOnlyList<byte[]> frames)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("localhost", _port, Stop);
        var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    ClientCertificates = [_client],
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
                },
                Stop
            );
            foreach (var frame in frames)
                await tls.WriteAsync(frame, Stop);
        }
        catch (IOException)
        {
            return false;
        }
        return await SyslogSender.GoodbyeAsync(tls);
    }
}
