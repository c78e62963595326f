using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MyData.Tests.Support;

/// <summary>What a system that only logs has and sends: a certificate of its own, and messages in frames (RFC 5425).</summary>
public static class SyslogSender
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static X509Certificate2 NewCertificate(string name, int days = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(Math.Min(-1, days - 1)), now.AddDays(days));
        return X509CertificateLoader.LoadPkcs12(
            made.Export(X509ContentType.Pkcs12),
            password: null,
            X509KeyStorageFlags.Exportable
        );
    }

    /// <summary>Says goodbye and waits for the portal's, which comes when everything is durable.</summary>
    /// <returns>false where the connection was broken off instead</returns>
    public static async Task<bool> GoodbyeAsync(SslStream tls)
    {
        try
        {
            await tls.ShutdownAsync();
            var read = await tls.ReadAsync(new byte[1], Stop);
            return read == 0;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            await tls.DisposeAsync();
        }
    }

    public static byte[] Frame(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        return [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} ")), .. bytes];
    }

    /// <summary>A good message with this id; more parameters stand before the bracket.</summary>
    public static string Message(Guid id, string more = "", DateTimeOffset? at = null)
    {
        var time = (at ?? TimeProvider.System.GetUtcNow()).ToOffset(TimeSpan.FromHours(8));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<109>1 {time:yyyy-MM-dd'T'HH:mm:ss.ffffffzzz} host household 4711 access [origin software=\"x\"][mydata@32473 id=\"{id}\" from=\"ris/household@3\" to=\"test-logs\" why=\"act-12.3\" op=\"household.read\" res=\"ok\" fld=\"name\" fld=\"address\"{more}] read one"
        );
    }

    public static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
