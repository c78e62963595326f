using System.Security.Cryptography.X509Certificates;

namespace MyData.Core.Encryption;

/// <summary>
/// Trusts certificates that lead to one of the configured roots. It asks nobody and goes to no network, so it knows nothing of revocation:
/// the framework's chain takes no CRL or OCSP answer from its caller (security.md §0). Until the validator of our own is there, the
/// catalogue's fingerprint of each provider's certificate is what a reviewer can take away.
/// </summary>
public sealed class ConfiguredRoots : IProviderCertificateCheck
{
    private readonly X509Certificate2[] _roots;
    private readonly X509Certificate2[] _intermediates;

    /// <exception cref="ArgumentException">There is no root: not set never means open.</exception>
    public ConfiguredRoots(IEnumerable<X509Certificate2> roots, IEnumerable<X509Certificate2>? intermediates = null)
    {
        _roots = [.. roots];
        _intermediates = [.. intermediates ?? []];
        if (_roots.Length == 0)
            throw new ArgumentException("At least one root is needed.", nameof(roots));
    }

    /// <exception cref="EncryptionException">
    /// <c>certificate.key_refused</c>, <c>certificate.usage_refused</c>, <c>certificate.not_yet_valid</c>, <c>certificate.expired</c>,
    /// <c>certificate.untrusted</c>
    /// </exception>
    public void Check(X509Certificate2 certificate, DateTimeOffset at)
    {
        ProviderCertificate.Load(certificate.RawDataMemory.Span).Dispose();
        RequireUsage(certificate);
        if (at.UtcDateTime < certificate.NotBefore.ToUniversalTime())
            throw new EncryptionException("certificate.not_yet_valid", "The certificate is not valid yet.");
        if (at.UtcDateTime > certificate.NotAfter.ToUniversalTime())
            throw new EncryptionException("certificate.expired", "The certificate has run out.");
        if (!Array.Exists(_roots, root => LeadsTo(root, certificate, at)))
            throw new EncryptionException(
                "certificate.untrusted",
                "The certificate does not lead to a configured root."
            );
    }

    /// <summary>One root at a time: of two with the same name, as in a change of keys, the framework tries one only.</summary>
    private bool LeadsTo(X509Certificate2 root, X509Certificate2 certificate, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.AddRange(_intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.LocalDateTime;
        var trusted = chain.Build(certificate);
        foreach (var element in chain.ChainElements)
            element.Certificate.Dispose();
        return trusted;
    }

    /// <summary>RFC 5280 §4.2.1.3 and §4.2.1.9: an end-entity certificate, and where it says what for, for signatures.</summary>
    private static void RequireUsage(X509Certificate2 certificate)
    {
        const X509KeyUsageFlags signatures = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation;
        foreach (var extension in certificate.Extensions)
        {
            if (extension is X509BasicConstraintsExtension { CertificateAuthority: true })
                throw new EncryptionException(
                    "certificate.usage_refused",
                    "An authority's certificate signs no packages."
                );
            if (extension is X509KeyUsageExtension usage && (usage.KeyUsages & signatures) == X509KeyUsageFlags.None)
                throw new EncryptionException("certificate.usage_refused", "The certificate is not for signatures.");
        }
    }
}
