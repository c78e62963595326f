using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// The certificate by which a system that only logs is known (RFC 5425 §4.2.2, fingerprints): this one and no other, whoever issued it. It signs
/// no record, so what is recorded for it is the platform's word.
/// </summary>
public sealed class ClientCertificate
{
    /// <summary>Begins the <c>kid</c> of records that came over a connection, and carry no signature of their caller.</summary>
    public const string Prefix = "tls:";

    private ClientCertificate(X509Certificate2 certificate)
    {
        Der = certificate.RawData;
        Kid = KidOf(certificate);
        From = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        Until = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
    }

    public byte[] Der { get; }

    /// <summary><c>tls:</c> and base64url of SHA-256 of the DER.</summary>
    public string Kid { get; }

    public DateTimeOffset From { get; }
    public DateTimeOffset Until { get; }

    public bool IsGood(DateTimeOffset at) => at >= From && at <= Until;

    public static string KidOf(X509Certificate certificate) =>
        Prefix + Base64Url.EncodeToString(SHA256.HashData(certificate.GetRawCertData()));

    /// <exception cref="LedgerException"><c>caller.certificate</c></exception>
    public static ClientCertificate Parse(ReadOnlySpan<byte> der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return new ClientCertificate(certificate);
        }
        catch (CryptographicException failure)
        {
            throw new LedgerException("caller.certificate", "Not a certificate.", failure);
        }
    }
}
