using System.Security.Cryptography.X509Certificates;

namespace MyData.Core.Encryption;

/// <summary>
/// Decides whether a provider's certificate is trusted. Two implementations: <see cref="ConfiguredRoots"/>, and a validator of our own by
/// RFC 5280, with policies, CRLs and OCSP, which takes its place.
/// </summary>
public interface IProviderCertificateCheck
{
    /// <param name="at">the moment to judge by: now when a package arrives, its issue time when an old one is verified again</param>
    /// <exception cref="EncryptionException"><c>certificate.…</c></exception>
    void Check(X509Certificate2 certificate, DateTimeOffset at);
}
