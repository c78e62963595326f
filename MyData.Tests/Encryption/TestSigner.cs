using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyData.Tests.Encryption;

/// <summary>A made-up authority and a provider's certificate from it.</summary>
internal sealed class TestSigner
{
    private TestSigner(X509Certificate2 root, RSA key, X509Certificate2 certificate) =>
        (Root, Key, Certificate) = (root, key, certificate);

    public X509Certificate2 Root { get; }
    public RSA Key { get; }
    public X509Certificate2 Certificate { get; }
    public string Thumbprint256 => Convert.ToHexStringLower(SHA256.HashData(Certificate.RawData));

    public static TestSigner Create(
        DateTimeOffset now,
        int bits = 2048,
        bool authority = false,
        X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature
    )
    {
        using var rootKey = RSA.Create(2048);
        var rootRequest = new CertificateRequest(
            "CN=Test Root",
            rootKey,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        rootRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var root = rootRequest.CreateSelfSigned(now.AddYears(-1), now.AddYears(9));

        var key = RSA.Create(bits);
        var request = new CertificateRequest(
            "CN=Test Agency",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        var certificate = request.Create(root, now.AddDays(-1), now.AddYears(2), [1, 2, 3, 4]);
        return new TestSigner(root, key, certificate);
    }
}
