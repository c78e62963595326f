using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Keys;

/// <summary>Makes the root, the agencies' certificates and every other key of the sandbox.</summary>
internal static class KeyMaking
{
    /// <summary>The agency whose registered certificate ran out long ago.</summary>
    public const string Lapsed = "lapsed";

    private const int AgencyKeyBits = 2048;

    public static KeyFile Make(IReadOnlyCollection<string> agencyIds, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Root(rootKey, now);
        var agencies = new ConcurrentDictionary<string, AgencyKeyEntry>(StringComparer.Ordinal);
        // A key takes 125 ms on average and sometimes a second: on all processors at once.
        Parallel.ForEach(agencyIds, id => agencies[id] = Agency(id, root, rootKey, now));
        return new KeyFile
        {
            Root = new() { Certificate = root.RawData, Key = rootKey.ExportPkcs8PrivateKey() },
            IdentityProvider = Jwk.GenerateEc("sandbox-idp-1", "sig").ToJson(),
            ClientSecret = Secret(),
            Agencies = new(agencies, StringComparer.Ordinal),
        };
    }

    public static bool StillGood(KeyFile file, TimeProvider clock)
    {
        var soon = clock.GetUtcNow().AddDays(30);
        return file
            .Agencies.Where(a => a.Key != Lapsed)
            .Select(a => a.Value.Certificate)
            .Append(file.Root.Certificate)
            .All(der =>
            {
                using var certificate = X509CertificateLoader.LoadCertificate(der);
                return certificate.NotAfter.ToUniversalTime() > soon.UtcDateTime;
            });
    }

    /// <summary>A certificate for packages, by a given authority or by itself where that is null.</summary>
    public static X509Certificate2 Certify(
        string name,
        RSA key,
        (X509Certificate2 Certificate, ECDsa Key)? authority,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        var request = new CertificateRequest(Name(name), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (authority is not var (issuer, issuerKey))
            return request.CreateSelfSigned(from, to);
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                issuer,
                includeKeyIdentifier: true,
                includeIssuerAndSerial: false
            )
        );
        return request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), from, to, Serial());
    }

    private static AgencyKeyEntry Agency(string id, X509Certificate2 root, ECDsa rootKey, DateTimeOffset now)
    {
        using var key = RSA.Create(AgencyKeyBits);
        var (from, to) = id == Lapsed ? (now.AddDays(-700), now.AddDays(-300)) : (now.AddDays(-1), now.AddYears(5));
        using var certificate = Certify(id, key, (root, rootKey), from, to);
        return new AgencyKeyEntry
        {
            Certificate = certificate.RawData,
            Key = key.ExportPkcs8PrivateKey(),
            Client = Jwk.GenerateEc($"{id}-1", "sig").ToJson(),
            ResourceSecret = Secret(),
        };
    }

    private static X509Certificate2 Root(ECDsa key, DateTimeOffset now)
    {
        var request = new CertificateRequest(Name("root"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var root = request.CreateSelfSigned(now.AddDays(-800), now.AddYears(10));
        return X509CertificateLoader.LoadCertificate(root.RawData);
    }

    private static X500DistinguishedName Name(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCountryOrRegion("TW");
        builder.AddOrganizationName("MyData sandbox");
        builder.AddCommonName($"MyData sandbox {name}");
        return new X500DistinguishedName(builder.Build().RawData);
    }

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }

    private static string Secret() => RandomNumberGenerator.GetHexString(48, lowercase: true);
}
